-- Events before partitions: nothing that is released has any.
DROP TABLE IF EXISTS push_event
