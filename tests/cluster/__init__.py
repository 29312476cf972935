"""The portal on more than one machine, with machines that fall over: `make test-cluster`."""
