CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE organisations (
	id VARCHAR(80) NOT NULL, 
	zh VARCHAR(200) NOT NULL, 
	en VARCHAR(200) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	area VARCHAR(6), 
	offices JSON NOT NULL, 
	parent VARCHAR(80), 
	credit_code VARCHAR(18), 
	CONSTRAINT pk_organisations PRIMARY KEY (id), 
	CONSTRAINT fk_organisations_parent_organisations FOREIGN KEY(parent) REFERENCES organisations (id), 
	CONSTRAINT uq_organisations_credit_code UNIQUE (credit_code)
);

CREATE TABLE persons (
	id VARCHAR(80) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	username VARCHAR(80) NOT NULL, 
	password VARCHAR(200) NOT NULL, 
	certificate VARCHAR(40), 
	active BOOLEAN NOT NULL, 
	CONSTRAINT pk_persons PRIMARY KEY (id), 
	CONSTRAINT uq_persons_username UNIQUE (username)
);

CREATE TABLE memberships (
	person VARCHAR(80) NOT NULL, 
	organisation VARCHAR(80) NOT NULL, 
	posts JSON NOT NULL, 
	CONSTRAINT pk_memberships PRIMARY KEY (person, organisation), 
	CONSTRAINT fk_memberships_person_persons FOREIGN KEY(person) REFERENCES persons (id), 
	CONSTRAINT fk_memberships_organisation_organisations FOREIGN KEY(organisation) REFERENCES organisations (id)
);

CREATE TABLE deputies (
	id VARCHAR(80) NOT NULL, 
	organisation VARCHAR(80) NOT NULL, 
	post VARCHAR(20) NOT NULL, 
	holder VARCHAR(80) NOT NULL, 
	deputy VARCHAR(80) NOT NULL, 
	begins DATE NOT NULL, 
	ends DATE NOT NULL, 
	recorded_by VARCHAR(80) NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_deputies PRIMARY KEY (id), 
	CONSTRAINT fk_deputies_organisation_organisations FOREIGN KEY(organisation) REFERENCES organisations (id), 
	CONSTRAINT fk_deputies_holder_persons FOREIGN KEY(holder) REFERENCES persons (id), 
	CONSTRAINT fk_deputies_deputy_persons FOREIGN KEY(deputy) REFERENCES persons (id), 
	CONSTRAINT fk_deputies_recorded_by_persons FOREIGN KEY(recorded_by) REFERENCES persons (id)
);

CREATE TABLE sessions (
	token VARCHAR(64) NOT NULL, 
	person VARCHAR(80) NOT NULL, 
	organisation VARCHAR(80) NOT NULL, 
	purpose VARCHAR(20) NOT NULL, 
	begun_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_sessions PRIMARY KEY (token), 
	CONSTRAINT fk_sessions_person_persons FOREIGN KEY(person) REFERENCES persons (id), 
	CONSTRAINT fk_sessions_organisation_organisations FOREIGN KEY(organisation) REFERENCES organisations (id)
);

CREATE INDEX ix_deputies_deputy ON deputies (deputy);

CREATE INDEX ix_deputies_organisation ON deputies (organisation);

CREATE INDEX ix_memberships_organisation ON memberships (organisation);

CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);

CREATE INDEX ix_sessions_person ON sessions (person);

INSERT INTO alembic_version (version_num) VALUES ('0001');

