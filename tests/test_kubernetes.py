"""The manifests for Kubernetes hold: files parse, and what they name, of the service and of each other, exists.

No cluster is asked: they are read as YAML, and the settings of each container are loaded as it would load them.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML carries no types

from sip.edges.web import health
from sip.settings import load_settings
from tests.test_docker import DOCKER, exists

BASE, REGION = DOCKER / "kubernetes" / "base", DOCKER / "kubernetes" / "region"
FILES = sorted((DOCKER / "kubernetes").rglob("*.*"))
IMAGE = (DOCKER / "Dockerfile").read_text("utf-8")
Thing = Mapping[str, Any]


def things(folder: Path) -> list[Thing]:
    """Everything that a folder describes, but how it is put together."""
    files = [path for path in sorted(folder.glob("*.yaml")) if path.name != "kustomization.yaml"]
    return [thing for path in files for thing in yaml.safe_load_all(path.read_text("utf-8"))]


def kustomization(folder: Path) -> Thing:
    found: Thing = yaml.safe_load((folder / "kustomization.yaml").read_text("utf-8"))
    return found


THINGS = things(BASE)
PODS: dict[str, Thing] = {
    thing["metadata"]["name"]: thing["spec"]["template"] for thing in THINGS if thing["kind"] in ("Deployment", "Job")
}
SECRETS: dict[str, dict[str, str]] = {thing["metadata"]["name"]: thing["stringData"] for thing in things(REGION)}
IN_IMAGE = dict(re.findall(r"\b(SIP_\w+)=(\S+)", IMAGE))
SETTINGS = dict(re.findall(r"^(SIP_\w+)=(.+)$", (REGION / "settings.env").read_text("utf-8"), re.MULTILINE))
ROLES = {
    "migrate": "sip_app",
    "web": "sip_app",
    "watchdog": "sip_app",
    "worker": "sip_engine",
    "mail-in": "sip_receiver",
}


def container(name: str) -> Thing:
    found: list[Thing] = PODS[name]["spec"]["containers"]
    (one,) = found
    return one


def deployment(name: str) -> Thing:
    found: list[Thing] = [
        one["spec"] for one in THINGS if one["kind"] == "Deployment" and one["metadata"]["name"] == name
    ]
    (one,) = found
    return one


def mounted(name: str) -> dict[str, str]:
    """The files of secrets that the container finds, by name."""
    sources = next(one["projected"]["sources"] for one in PODS[name]["spec"]["volumes"] if one["name"] == "secrets")
    pairs = ((one["secret"]["name"], item) for one in sources for item in one["secret"]["items"])
    return {item["path"]: SECRETS[secret][item["key"]] for secret, item in pairs}


def environment(name: str, folder: Path) -> dict[str, str]:
    for file, value in mounted(name).items():
        (folder / file).write_text(value, "utf-8")
    (where,) = (one["mountPath"] for one in container(name)["volumeMounts"] if one["name"] == "secrets")
    given = {one["name"]: one["value"].replace(where, str(folder)) for one in container(name)["env"]}
    return {**IN_IMAGE, **SETTINGS, **given}


def test_all_of_it_is_put_together() -> None:
    written = {path.name for path in BASE.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(kustomization(BASE)["resources"]) == written
    assert kustomization(REGION)["resources"] == ["../base"]
    assert [one["name"] for one in kustomization(REGION)["images"]] == ["sip"]
    (settings,) = kustomization(REGION)["configMapGenerator"]
    assert (REGION / settings["envs"][0]).is_file()
    assert all(container(name)["envFrom"] == [{"configMapRef": {"name": settings["name"]}}] for name in PODS)
    before = {"sip.example/step": "before"}
    assert settings["options"]["labels"] == before
    first = [thing["kind"] for thing in THINGS if thing["metadata"].get("labels", {}).items() >= before.items()]
    assert first == ["Job", "Namespace"], "the migration and what it needs come before the rest"


@pytest.mark.parametrize("name", PODS)
def test_each_is_started_as_a_command_with_settings_that_hold(name: str, tmp_path: Path) -> None:
    assert container(name)["args"] == [name]
    assert exists([name])
    settings = load_settings(environment(name, tmp_path))
    assert settings.is_production
    assert f"//{ROLES[name]}:" in (settings.sqlalchemy_url or "")
    assert ("owner_url" in mounted(name)) == (name == "migrate"), "the owner's password is for migrations"
    used = {one["value"].rpartition("/")[2] for one in container(name)["env"]}
    assert mounted(name).keys() == used, "a process gets the secrets it needs, and no other"


def test_every_process_is_there() -> None:
    assert PODS.keys() == ROLES.keys()


@pytest.mark.parametrize("name", PODS)
def test_each_is_locked_down(name: str) -> None:
    pod, inside = PODS[name]["spec"], container(name)["securityContext"]
    user, group = map(int, re.findall(r"^USER (\d+):(\d+)$", IMAGE, re.MULTILINE)[-1])
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"]) == (user, group)
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert inside == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container(name)["resources"]["requests"].keys() == {"cpu", "memory"}
    assert container(name)["resources"]["limits"].keys() == {"memory"}
    # A Service named `web` would else give each the variable of an address, and one named `sip-web` an unknown setting.
    assert pod["enableServiceLinks"] is False


def test_ports_are_those_of_the_image() -> None:
    ports = {one["name"]: one["containerPort"] for name in PODS for one in container(name).get("ports", ())}
    listens = {"http": IN_IMAGE["SIP_HTTP_LISTEN"], "lmtp": IN_IMAGE["SIP_LMTP_LISTEN"]}
    assert ports == {name: int(listen.rpartition(":")[2]) for name, listen in listens.items()}


def test_probes_ask_for_pages_that_exist() -> None:
    paths = {path for handler in (health.live, health.ready) for path in handler.paths}
    kinds = ("startupProbe", "readinessProbe", "livenessProbe")
    asked = {(name, kind): container(name)[kind] for name in PODS for kind in kinds if kind in container(name)}
    for (name, _), probe in asked.items():
        how = probe.get("httpGet") or probe["tcpSocket"]
        assert how["port"] in {one["name"] for one in container(name)["ports"]}
        assert how.get("path", "/health/live") in paths
    assert asked["web", "startupProbe"]["httpGet"]["path"] == "/health/ready"
    # Asked of /health/ready, every page would be out of service while the database is away, with nothing to say so.
    assert asked["web", "readinessProbe"]["httpGet"]["path"] == "/health/live"


def test_services_budgets_and_policies_find_their_pods() -> None:
    labels = {name: pod["metadata"]["labels"] for name, pod in PODS.items()}
    for thing in THINGS:
        name, spec = thing["metadata"]["name"], thing.get("spec", {})
        if thing["kind"] in ("Deployment", "PodDisruptionBudget"):
            assert spec["selector"]["matchLabels"] == labels[name]
        if thing["kind"] == "Service":
            assert spec["selector"] == labels[name]
            assert {one["targetPort"] for one in spec["ports"]} <= {one["name"] for one in container(name)["ports"]}
        if thing["kind"] == "PodDisruptionBudget":
            assert 0 < spec["minAvailable"] < deployment(name)["replicas"], "else a node can never be emptied"
    budgets = [thing["metadata"]["name"] for thing in THINGS if thing["kind"] == "PodDisruptionBudget"]
    assert "web" in budgets
    policies = {thing["metadata"]["name"]: thing["spec"] for thing in THINGS if thing["kind"] == "NetworkPolicy"}
    assert policies.pop("nobody") == {"podSelector": {}, "policyTypes": ["Ingress"]}
    for name, spec in policies.items():
        assert spec["podSelector"]["matchLabels"] == labels[name]
        ports = {port["port"] for rule in spec["ingress"] for port in rule["ports"]}
        assert ports == {one["name"] for one in container(name)["ports"]}


def test_no_page_and_no_receiver_is_missing_while_they_are_changed() -> None:
    for name in ("web", "worker", "mail-in"):
        assert deployment(name)["strategy"] == {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
        }


def test_nothing_is_a_secret_and_nobody_is_real() -> None:
    for name, secret in SECRETS.items():
        for key, value in secret.items():
            assert "PLACEHOLDER" in value, (name, key)
            assert "://" not in value or urlsplit(value).password == "PLACEHOLDER", (name, key)
    said = "\n".join(path.read_text("utf-8") for path in FILES)
    hosts = re.findall(r"(?:@|://|newName: )((?:[a-z0-9-]+\.)+[a-z]+)", said)
    assert hosts
    assert [host for host in hosts if not host.endswith(".example")] == []
