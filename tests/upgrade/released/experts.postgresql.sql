CREATE TABLE profiles (
	expert_id VARCHAR(80) NOT NULL, 
	person VARCHAR(80) NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	term_from VARCHAR(10), 
	term_until VARCHAR(10), 
	PRIMARY KEY (expert_id)
);

CREATE TABLE profile_fields (
	expert_id VARCHAR(80) NOT NULL, 
	field VARCHAR(40) NOT NULL, 
	PRIMARY KEY (expert_id, field), 
	FOREIGN KEY(expert_id) REFERENCES profiles (expert_id)
);

CREATE TABLE relations (
	expert_id VARCHAR(80) NOT NULL, 
	code VARCHAR(18) NOT NULL, 
	PRIMARY KEY (expert_id, code), 
	FOREIGN KEY(expert_id) REFERENCES profiles (expert_id)
);

CREATE TABLE sittings (
	seat_id VARCHAR(80) NOT NULL, 
	expert_id VARCHAR(80) NOT NULL, 
	panel_id VARCHAR(80) NOT NULL, 
	dossier VARCHAR(80) NOT NULL, 
	purpose VARCHAR(20) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	PRIMARY KEY (seat_id), 
	FOREIGN KEY(expert_id) REFERENCES profiles (expert_id)
);

CREATE TABLE counters (
	series VARCHAR(40) NOT NULL, 
	last INTEGER NOT NULL, 
	PRIMARY KEY (series)
);

CREATE INDEX ix_profiles_person ON profiles (person);

CREATE INDEX ix_profiles_state ON profiles (state);

CREATE INDEX sittings_dossier ON sittings (dossier);

INSERT INTO alembic_version (version_num) VALUES ('experts_0001');

