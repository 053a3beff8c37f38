-- What the code of the release executes on the chassis's tables in the life of one root, with literal values in place of
-- parameters; the same on SQLite and PostgreSQL. Written down from the statements that commit 863e2a4 sends.

INSERT INTO roots (id, kind, state, version, dossier, number, title, regime, body, opened_at, updated_at, facts, head_seq, head_hash) VALUES ('box_side', 'box', 'opened', 1, 'dossier_side', NULL, '示例', 'liaoning-2020-32', '{"size": 1}', '2026-07-06T02:00:00.000000Z', '2026-07-06T02:00:00.000000Z', 0, 1, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');

INSERT INTO parts (id, root_id, kind, state, version, body, opened_at) VALUES ('lid_side', 'box_side', 'lid', 'shut', 1, '{}', '2026-07-06T02:00:00.000000Z');

INSERT INTO parties (root_id, name, who, part_id, area) VALUES ('box_side', 'keeper', 'org_keeper', '', '210000');

INSERT INTO parties (root_id, name, who, part_id, area) VALUES ('box_side', 'guest', 'org_guest', 'lid_side', NULL);

INSERT INTO clocks (id, root_id, part_id, name, start_on, length, due_on, due_at, provisional, state, ended_at) VALUES ('clock_side', 'box_side', '', 'answer', '2026-07-06', '3 working days', '2026-07-09', '2026-07-09T16:00:00.000000Z', false, 'running', NULL);

INSERT INTO journal (root_id, seq, act, at, entry, hash) VALUES ('box_side', 1, 'open', '2026-07-06T02:00:00.000000Z', '{}', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');

INSERT INTO sealed (id, root_id, mark, digest, salt, box) VALUES ('sealed_side', 'box_side', 'personal', 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', 'salt', 'box');

INSERT INTO outbox (slot, subject, sequence, routing_key, message_id, type, body) VALUES (3, 'box_side', 1, 'box.opened', 'event_side', 'boxes.opened.v1', '{}');

INSERT INTO tasks (id, name, data, root_id) VALUES ('task_side', 'print', '{}', 'box_side');

INSERT INTO commands (id, digest, outcome, at) VALUES ('person_side:command', 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', '{"repeat": false}', '2026-07-06T02:00:00.000000Z');

SELECT commands.digest, commands.outcome FROM commands WHERE commands.id = 'person_side:command';

INSERT INTO drafts (id, root_id, part_id, act, data, drafter, root_version, digest, chain, step, steps, state, created_at) VALUES ('draft_side', 'box_side', '', 'close', '{}', '{"sub": "person_side", "orgs": ["org_keeper"]}', 1, 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', '["head"]', 0, '[]', 'open', '2026-07-06T02:00:00.000000Z');

UPDATE drafts SET step=1, steps='[{"person": "person_head"}]' WHERE drafts.id = 'draft_side';

UPDATE drafts SET steps='[{"person": "person_head"}]', state='signed' WHERE drafts.id = 'draft_side';

SELECT drafts.id, drafts.root_id, drafts.part_id, drafts.act, drafts.data, drafts.drafter, drafts.root_version, drafts.digest, drafts.chain, drafts.step, drafts.steps, drafts.state, drafts.created_at FROM drafts WHERE drafts.root_id = 'box_side' ORDER BY drafts.id;

SELECT roots.id, roots.kind, roots.state, roots.version, roots.dossier, roots.number, roots.title, roots.regime, roots.body, roots.opened_at, roots.updated_at, roots.facts, roots.head_seq, roots.head_hash FROM roots WHERE roots.id = 'box_side';

SELECT parts.id, parts.root_id, parts.kind, parts.state, parts.version, parts.body, parts.opened_at FROM parts WHERE parts.root_id = 'box_side' ORDER BY parts.opened_at, parts.id;

SELECT parties.root_id, parties.name, parties.who, parties.part_id, parties.area FROM parties WHERE parties.root_id = 'box_side';

SELECT clocks.id, clocks.root_id, clocks.part_id, clocks.name, clocks.start_on, clocks.length, clocks.due_on, clocks.due_at, clocks.provisional, clocks.state, clocks.ended_at, clocks.lapse_noted, clocks.reminded FROM clocks WHERE clocks.root_id = 'box_side' ORDER BY clocks.id;

UPDATE roots SET state='closed', version=2, dossier='dossier_side', number='示例1号', title='示例', body='{"size": 2}', updated_at='2026-07-07T02:00:00.000000Z', facts=1, head_seq=2, head_hash='bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' WHERE roots.id = 'box_side';

UPDATE parts SET state='open', version=2, body='{}' WHERE parts.id = 'lid_side';

UPDATE clocks SET start_on='2026-07-06', length='3 working days', due_on='2026-07-09', due_at='2026-07-09T16:00:00.000000Z', provisional=false, state='met', ended_at='2026-07-07T02:00:00.000000Z', reminded=false WHERE clocks.id = 'clock_side';

DELETE FROM parties WHERE parties.root_id = 'box_side' AND parties.name = 'guest' AND parties.who = 'org_guest' AND parties.part_id = 'lid_side';

SELECT clocks.id, clocks.root_id FROM clocks WHERE clocks.state = 'running' AND (clocks.due_at <= '2026-07-09' AND clocks.lapse_noted IS false OR clocks.due_at <= '2026-07-09' AND clocks.reminded IS false OR clocks.provisional IS true AND clocks.due_on <= '2026-07-09') ORDER BY clocks.due_at LIMIT 50 OFFSET 0;

UPDATE clocks SET lapse_noted=true, reminded=true WHERE clocks.id = 'clock_side';

SELECT clocks.root_id FROM clocks JOIN roots ON roots.id = clocks.root_id WHERE clocks.state = 'running' AND roots.kind = 'box' AND (EXISTS (SELECT parties.root_id FROM parties WHERE parties.root_id = roots.id AND parties.name = 'keeper' AND parties.who IN ('org_keeper'))) ORDER BY clocks.due_at LIMIT 50 OFFSET 0;

SELECT roots.id FROM roots WHERE roots.kind = 'box' AND (EXISTS (SELECT parties.root_id FROM parties WHERE parties.root_id = roots.id AND parties.name = 'keeper' AND (parties.who IN ('org_keeper') OR parties.area >= '21'))) AND roots.state IN ('opened') ORDER BY roots.updated_at LIMIT 50 OFFSET 0;

INSERT INTO accesses (root_id, mark, sealed_ids, person, organisation, at) VALUES ('box_side', 'personal', 'sealed_side', 'person_side', 'org_keeper', '2026-07-06T02:00:00.000000Z');

SELECT sealed.id, sealed.root_id, sealed.mark, sealed.digest, sealed.salt, sealed.box FROM sealed WHERE sealed.id IN ('sealed_side');

SELECT inbox.subject, inbox.last, inbox.event_id, inbox.held, inbox.at FROM inbox WHERE inbox.subject = 'case_side';

INSERT INTO inbox (subject, last, event_id, held, at) VALUES ('case_side', 1, 'event_1', false, '2026-07-06T02:00:00.000000Z');

UPDATE inbox SET last=2, event_id='event_2', held=false, at='2026-07-06T03:00:00.000000Z' WHERE inbox.subject = 'case_side';

UPDATE inbox SET held=true WHERE inbox.subject = 'case_side';

SELECT count(*) FROM inbox WHERE held;

DELETE FROM inbox WHERE inbox.subject = 'case_side';

SELECT DISTINCT outbox.slot FROM outbox WHERE outbox.not_before <= 1;

SELECT outbox.id, outbox.slot, outbox.subject, outbox.sequence, outbox.routing_key, outbox.message_id, outbox.type, outbox.body, outbox.attempts, outbox.not_before, outbox.reason FROM outbox WHERE (outbox.subject NOT IN (SELECT outbox.subject FROM outbox WHERE outbox.not_before > 1)) ORDER BY outbox.id LIMIT 50 OFFSET 0;

UPDATE outbox SET attempts=1, not_before=2, reason='示例' WHERE outbox.subject = 'box_side';

DELETE FROM outbox WHERE outbox.subject = 'box_side';

SELECT tasks.id, tasks.name, tasks.data, tasks.root_id, tasks.attempts, tasks.not_before, tasks.reason, tasks.holder, tasks.held_until FROM tasks WHERE tasks.not_before <= 1 AND (tasks.holder IS NULL OR tasks.held_until < 1) ORDER BY tasks.id LIMIT 1 OFFSET 0;

UPDATE tasks SET holder='worker_side', held_until=2 WHERE tasks.id = 'task_side';

DELETE FROM tasks WHERE tasks.id = 'task_side';

SELECT leases.name, leases.holder, leases.until FROM leases WHERE leases.name = 'side';

INSERT INTO leases (name, holder, until) VALUES ('side', 'process_side', 1);

UPDATE leases SET holder='process_side', until=2 WHERE leases.name = 'side';

SELECT roots.id, roots.kind, roots.state, roots.version, roots.dossier, roots.number, roots.title, roots.regime, roots.body, roots.opened_at, roots.updated_at, roots.facts, roots.head_seq, roots.head_hash FROM roots WHERE roots.kind = 'box' ORDER BY roots.updated_at DESC, roots.id LIMIT 20 OFFSET 0;
