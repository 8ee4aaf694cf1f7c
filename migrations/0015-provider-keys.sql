-- Keys of providers that a person gave on the page, each sealed with AES-256-GCM under RELAIS_SECRET_KEY. `secret_id` tells which
-- secret that was without telling what it is; `salt` goes into the derivation.
CREATE TABLE provider_keys (
  variable TEXT PRIMARY KEY,
  sealed TEXT NOT NULL,
  salt TEXT NOT NULL,
  secret_id TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
