-- A row a counter becomes a column of the task.
UPDATE task t JOIN (
  SELECT app_id, task_id,
    MAX(IF(event = 'target', n, NULL)) AS target_n, MAX(IF(event = 'sent', n, NULL)) AS sent_n,
    MAX(IF(event = 'arrived', n, NULL)) AS arrived_n, MAX(IF(event = 'shown', n, NULL)) AS shown_n,
    MAX(IF(event = 'clicked', n, NULL)) AS clicked_n, MAX(IF(event = 'dismissed', n, NULL)) AS dismissed_n
  FROM task_stat GROUP BY app_id, task_id
) s ON s.app_id = t.app_id AND s.task_id = t.task_id
SET t.target_n = s.target_n, t.sent_n = s.sent_n, t.arrived_n = s.arrived_n, t.shown_n = s.shown_n,
  t.clicked_n = s.clicked_n, t.dismissed_n = s.dismissed_n
