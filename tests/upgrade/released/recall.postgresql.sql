CREATE TABLE recall_cases (
	recall_id VARCHAR(80) NOT NULL, 
	case_id VARCHAR(80) NOT NULL, 
	basis VARCHAR(20) NOT NULL, 
	PRIMARY KEY (recall_id)
);

CREATE INDEX ix_recall_cases_case_id ON recall_cases (case_id);

UPDATE alembic_version SET version_num='recall_0001' WHERE alembic_version.version_num = 'chassis_0001';

