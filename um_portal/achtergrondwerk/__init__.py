"""The work in the background as VNG support sees it: queues, schedules and what failed."""
