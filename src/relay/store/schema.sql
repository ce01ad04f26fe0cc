-- The relay's tables. {identity}, {bytes} and {integer} are the database's own types.
-- Times are milliseconds of the Unix epoch.

CREATE TABLE submission (
    id {identity},
    reference TEXT NOT NULL UNIQUE,
    -- Of the check step's token: what makes sending twice one submission.
    nonce {bytes} NOT NULL UNIQUE,
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    language TEXT NOT NULL,
    received {integer} NOT NULL,
    deadline TEXT,
    purge_at {integer} NOT NULL,
    -- accepted, quarantined (not delivered until released), unconfirmed (not delivered until the
    -- address is confirmed), purged (payload and files are gone)
    state TEXT NOT NULL,
    sealed {integer} NOT NULL,
    payload {bytes}
);
CREATE INDEX submission_purge ON submission (purge_at) WHERE state <> 'purged';

CREATE TABLE attachment (
    submission {integer} NOT NULL REFERENCES submission (id),
    number {integer} NOT NULL,
    field TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    size {integer} NOT NULL,
    hash TEXT NOT NULL,
    -- Null where the content is a file of the relay's folder.
    content {bytes},
    PRIMARY KEY (submission, number)
);

-- Where several relays share the store: uploads that wait for their second post, which may come to
-- another relay. One relay alone holds them as files.
CREATE TABLE held (
    key {bytes} PRIMARY KEY,
    at {integer} NOT NULL,
    content {bytes} NOT NULL
);

CREATE TABLE delivery (
    id {identity},
    submission {integer} NOT NULL REFERENCES submission (id),
    destination TEXT NOT NULL,
    -- pending, held (see the submission's state), delivered, dead (given up; waits for `retry`)
    state TEXT NOT NULL,
    attempts {integer} NOT NULL DEFAULT 0,
    -- When to try next; while a relay tries, when another may believe that it died.
    next_at {integer} NOT NULL,
    claimed {integer} NOT NULL DEFAULT 0,
    settled_at {integer},
    -- In a few words, without anything of the citizen's.
    trouble TEXT
);
CREATE INDEX delivery_due ON delivery (destination, next_at) WHERE state = 'pending';
CREATE INDEX delivery_submission ON delivery (submission);

-- One chain: each record's hash covers the record before it. No answers, no names.
CREATE TABLE audit (
    number {integer} PRIMARY KEY,
    at {integer} NOT NULL,
    event TEXT NOT NULL,
    reference TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash {bytes} NOT NULL
);

-- How many, and how satisfied; stays when the submissions go.
CREATE TABLE measure (
    month TEXT NOT NULL,
    form TEXT NOT NULL,
    page TEXT NOT NULL,
    service TEXT NOT NULL,
    rating {integer} NOT NULL,
    count {integer} NOT NULL,
    PRIMARY KEY (month, form, page, service, rating)
);

-- Every version of a form that the relay has seen: a page filled in before a deploy is still good.
CREATE TABLE form_version (
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    seen {integer} NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (form, version)
);
