-- A group's name has up to 100 characters, as Getui allows.
ALTER TABLE task MODIFY group_name VARCHAR(100)
