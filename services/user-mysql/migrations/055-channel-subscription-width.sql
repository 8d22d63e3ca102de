-- A vendor's token has up to 4,096 characters, each of which JSON may write as two.
ALTER TABLE channel MODIFY subscription VARCHAR(8208) NOT NULL
