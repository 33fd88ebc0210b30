-- Sends the values that several rows of the batch share. Each distinct set of values is sent once.
COPY etl_places (n, warnings, :{shared}) FROM STDIN (FORMAT binary)
