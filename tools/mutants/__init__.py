"""Do the tests notice when a rule is broken? Small changes of `src/sip/domain`, one at a time, tried on its tests."""
