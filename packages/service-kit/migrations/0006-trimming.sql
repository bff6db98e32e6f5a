-- What has been kept long enough is found without reading the rest.
CREATE INDEX inbox_age ON inbox (received_at);
CREATE INDEX parked_set_aside_age ON parked (parked_at) WHERE kind = 'SET_ASIDE';
