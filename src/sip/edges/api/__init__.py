"""The JSON API, version 1: resources over HTTP for other systems, with keys, roles, versions, repeatable requests."""
