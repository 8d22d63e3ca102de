-- What an app has scheduled is listed by when it is due.
CREATE INDEX schedule_by_due ON schedule (app_id, due_at)
