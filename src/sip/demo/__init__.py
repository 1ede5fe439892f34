"""The demonstration: a made-up county, its mailboxes and people, and a story they play against the real service.

The law of this package: nobody here calls the service's internals. They speak SMTP and HTTP and read mail, as units do;
only `run.py` starts the service, as a process of its own (issue A, section 1).
"""
