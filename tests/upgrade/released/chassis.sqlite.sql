CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE roots (
	id VARCHAR(80) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	state VARCHAR(60) NOT NULL, 
	version INTEGER NOT NULL, 
	dossier VARCHAR(80) NOT NULL, 
	number VARCHAR(80), 
	title VARCHAR(300) NOT NULL, 
	regime VARCHAR(80) NOT NULL, 
	body JSON NOT NULL, 
	opened_at VARCHAR(32) NOT NULL, 
	updated_at VARCHAR(32) NOT NULL, 
	facts INTEGER NOT NULL, 
	head_seq INTEGER NOT NULL, 
	head_hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE commands (
	id VARCHAR(160) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	outcome TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE sealed (
	id VARCHAR(80) NOT NULL, 
	root_id VARCHAR(80) NOT NULL, 
	mark VARCHAR(40) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	salt BLOB, 
	box BLOB, 
	PRIMARY KEY (id)
);

CREATE TABLE accesses (
	id INTEGER NOT NULL, 
	root_id VARCHAR(80) NOT NULL, 
	mark VARCHAR(40) NOT NULL, 
	sealed_ids TEXT NOT NULL, 
	person VARCHAR(80) NOT NULL, 
	organisation VARCHAR(80), 
	at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	slot INTEGER NOT NULL, 
	subject VARCHAR(80) NOT NULL, 
	sequence INTEGER NOT NULL, 
	routing_key VARCHAR(200) NOT NULL, 
	message_id VARCHAR(80) NOT NULL, 
	type VARCHAR(120) NOT NULL, 
	body TEXT NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	not_before BIGINT DEFAULT '0' NOT NULL, 
	reason VARCHAR(300), 
	PRIMARY KEY (id)
);

CREATE TABLE inbox (
	subject VARCHAR(80) NOT NULL, 
	last INTEGER NOT NULL, 
	event_id VARCHAR(80) NOT NULL, 
	held BOOLEAN DEFAULT '0' NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (subject)
);

CREATE TABLE tasks (
	id VARCHAR(80) NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	data JSON NOT NULL, 
	root_id VARCHAR(80) NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	not_before BIGINT DEFAULT '0' NOT NULL, 
	reason VARCHAR(300), 
	holder VARCHAR(80), 
	held_until BIGINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE leases (
	name VARCHAR(60) NOT NULL, 
	holder VARCHAR(80) NOT NULL, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (name)
);

CREATE TABLE parts (
	id VARCHAR(80) NOT NULL, 
	root_id VARCHAR(80) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	state VARCHAR(60) NOT NULL, 
	version INTEGER NOT NULL, 
	body JSON NOT NULL, 
	opened_at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(root_id) REFERENCES roots (id)
);

CREATE TABLE parties (
	root_id VARCHAR(80) NOT NULL, 
	name VARCHAR(40) NOT NULL, 
	who VARCHAR(80) NOT NULL, 
	part_id VARCHAR(80) DEFAULT '' NOT NULL, 
	area VARCHAR(12), 
	PRIMARY KEY (root_id, name, who, part_id), 
	FOREIGN KEY(root_id) REFERENCES roots (id)
);

CREATE TABLE clocks (
	id VARCHAR(80) NOT NULL, 
	root_id VARCHAR(80) NOT NULL, 
	part_id VARCHAR(80) DEFAULT '' NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	start_on VARCHAR(10) NOT NULL, 
	length VARCHAR(40) NOT NULL, 
	due_on VARCHAR(10) NOT NULL, 
	due_at VARCHAR(32) NOT NULL, 
	provisional BOOLEAN NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	ended_at VARCHAR(32), 
	lapse_noted BOOLEAN DEFAULT '0' NOT NULL, 
	reminded BOOLEAN DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(root_id) REFERENCES roots (id)
);

CREATE TABLE journal (
	root_id VARCHAR(80) NOT NULL, 
	seq INTEGER NOT NULL, 
	act VARCHAR(60) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	entry TEXT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (root_id, seq), 
	FOREIGN KEY(root_id) REFERENCES roots (id)
);

CREATE TABLE drafts (
	id VARCHAR(80) NOT NULL, 
	root_id VARCHAR(80) NOT NULL, 
	part_id VARCHAR(80) DEFAULT '' NOT NULL, 
	act VARCHAR(60) NOT NULL, 
	data JSON NOT NULL, 
	drafter JSON NOT NULL, 
	root_version INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	chain JSON NOT NULL, 
	step INTEGER NOT NULL, 
	steps JSON NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(root_id) REFERENCES roots (id)
);

CREATE INDEX clocks_running ON clocks (state, due_at);

CREATE INDEX ix_accesses_root_id ON accesses (root_id);

CREATE INDEX ix_clocks_root_id ON clocks (root_id);

CREATE INDEX ix_drafts_root_id ON drafts (root_id);

CREATE INDEX ix_drafts_state ON drafts (state);

CREATE INDEX ix_parts_root_id ON parts (root_id);

CREATE INDEX ix_roots_dossier ON roots (dossier);

CREATE INDEX ix_sealed_root_id ON sealed (root_id);

CREATE INDEX outbox_slot ON outbox (slot, id);

CREATE INDEX parties_who ON parties (who, name);

CREATE INDEX roots_kind_state ON roots (kind, state, updated_at);

INSERT INTO alembic_version (version_num) VALUES ('chassis_0001');

