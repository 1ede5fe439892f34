"""Who acts in a transaction that a test opens for itself."""

from sip.usecases.actor import Actor, ActorKind

TESTER = Actor(ActorKind.ENGINE, name="tester")
