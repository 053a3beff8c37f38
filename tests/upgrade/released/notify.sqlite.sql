CREATE TABLE number_series (
	issuer VARCHAR(80) NOT NULL, 
	code VARCHAR(40) NOT NULL, 
	year INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	PRIMARY KEY (issuer, code, year)
);

CREATE TABLE numbers (
	issuer VARCHAR(80) NOT NULL, 
	code VARCHAR(40) NOT NULL, 
	year INTEGER NOT NULL, 
	value INTEGER NOT NULL, 
	kind VARCHAR(60) NOT NULL, 
	document VARCHAR(80) NOT NULL, 
	void_reasons TEXT, 
	PRIMARY KEY (issuer, code, year, value), 
	CONSTRAINT numbers_document UNIQUE (document)
);

CREATE TABLE service_addresses (
	organisation VARCHAR(80) NOT NULL, 
	root_id VARCHAR(80) NOT NULL, 
	confirmed_on VARCHAR(10) NOT NULL, 
	PRIMARY KEY (organisation), 
	UNIQUE (root_id)
);

CREATE TABLE publications (
	recall VARCHAR(80) NOT NULL, 
	root_id VARCHAR(80) NOT NULL, 
	on_show INTEGER NOT NULL, 
	PRIMARY KEY (recall), 
	UNIQUE (root_id)
);

UPDATE alembic_version SET version_num='notify_0001' WHERE alembic_version.version_num = 'chassis_0001';

