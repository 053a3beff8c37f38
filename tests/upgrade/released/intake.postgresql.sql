CREATE TABLE number_series (
	kind VARCHAR(20) NOT NULL, 
	year INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	PRIMARY KEY (kind, year)
);

CREATE TABLE foreign_alerts (
	source VARCHAR(40) NOT NULL, 
	alert_number VARCHAR(60) NOT NULL, 
	lead VARCHAR(80) NOT NULL, 
	feed VARCHAR(80) NOT NULL, 
	seen INTEGER NOT NULL, 
	PRIMARY KEY (source, alert_number)
);

CREATE TABLE lead_features (
	lead VARCHAR(80) NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	signal VARCHAR(80), 
	severity INTEGER NOT NULL, 
	features JSON NOT NULL, 
	PRIMARY KEY (lead)
);

CREATE TABLE block_keys (
	key VARCHAR(200) NOT NULL, 
	lead VARCHAR(80) NOT NULL, 
	PRIMARY KEY (key, lead)
);

CREATE TABLE decided_links (
	first VARCHAR(80) NOT NULL, 
	second VARCHAR(80) NOT NULL, 
	decision VARCHAR(10) NOT NULL, 
	signal VARCHAR(80) NOT NULL, 
	decided_on VARCHAR(10) NOT NULL, 
	PRIMARY KEY (first, second)
);

CREATE INDEX block_keys_lead ON block_keys (lead);

CREATE INDEX lead_features_state ON lead_features (state, lead);

INSERT INTO alembic_version (version_num) VALUES ('intake_0001');

