"""The service killed at random and at named points, while it calls, is answered and its relay misbehaves."""
