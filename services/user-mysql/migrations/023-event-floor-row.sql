-- There from the beginning: whoever reads it locks it.
INSERT INTO event_floor (id, day) VALUES (1, 0) ON DUPLICATE KEY UPDATE day = day
