-- Schedules that are over are found by their end.
CREATE INDEX schedule_by_end ON schedule (expires_at)
