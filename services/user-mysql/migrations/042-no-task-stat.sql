-- Everything of it is in task and custom_count.
DROP TABLE IF EXISTS task_stat
