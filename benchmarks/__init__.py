"""What the service costs, measured against others doing the same work on the same server: `python -m benchmarks`.

The law of this folder: nothing is claimed that is not counted. After every run what it did is counted where it can be
seen, in the database or at the relay, and a run that did not do all of its work has no figure. Nothing here is imported
by the service.
"""
