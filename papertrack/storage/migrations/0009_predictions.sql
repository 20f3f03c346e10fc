-- What is expected of waiting items is called a prediction everywhere.
ALTER TABLE standings RENAME TO predictions;
