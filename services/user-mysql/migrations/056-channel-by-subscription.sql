-- A subscription is of the device that handed it over last: who else of the app has it is found by its beginning.
ALTER TABLE channel ADD INDEX channel_by_subscription (subscription(128))
