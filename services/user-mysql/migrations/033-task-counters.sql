-- On how many devices each step of a task's messages happened: the number of its rows in delivery that have it, kept up in
-- the same transaction. Null: on none yet. target_n of a broadcast is the number of the app's devices when it began.
ALTER TABLE task
  ADD COLUMN target_n INT UNSIGNED NULL,
  ADD COLUMN sent_n INT UNSIGNED NULL,
  ADD COLUMN arrived_n INT UNSIGNED NULL,
  ADD COLUMN shown_n INT UNSIGNED NULL,
  ADD COLUMN clicked_n INT UNSIGNED NULL,
  ADD COLUMN dismissed_n INT UNSIGNED NULL
