"""The demo's second chapter: two made-up counties whose groups fill their seats, meet, decide and hear what came of it.

Nothing here knows the service by anything but its pages, its mails and its commands.
"""
