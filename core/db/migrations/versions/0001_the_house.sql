-- The house's tables. Generated once from core/models and frozen; later changes are later migrations.

CREATE TABLE agencies (
	id UUID NOT NULL, 
	slug VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_agencies PRIMARY KEY (id), 
	CONSTRAINT uq_agencies_slug UNIQUE (slug)
);

CREATE TABLE callers (
	phone VARCHAR NOT NULL, 
	name VARCHAR, 
	language VARCHAR, 
	sms_capable BOOLEAN, 
	facts JSONB NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_callers PRIMARY KEY (business_id, id), 
	CONSTRAINT uq_callers_business_id_phone UNIQUE (business_id, phone)
);

CREATE TABLE journal (
	fact VARCHAR NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	lead_id UUID, 
	call_id UUID, 
	message_id UUID, 
	data JSONB NOT NULL, 
	seq BIGINT GENERATED ALWAYS AS IDENTITY, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_journal PRIMARY KEY (business_id, id)
);

CREATE INDEX ix_journal_call ON journal (business_id, call_id);

CREATE INDEX ix_journal_fact ON journal (business_id, fact, at);

CREATE INDEX ix_journal_lead ON journal (business_id, lead_id, at);

CREATE TABLE knowledge (
	question VARCHAR NOT NULL, 
	answer VARCHAR NOT NULL, 
	words TSVECTOR GENERATED ALWAYS AS (setweight(to_tsvector('english', question), 'A') || setweight(to_tsvector('english', answer), 'B')) STORED NOT NULL, 
	embedding VECTOR, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_knowledge PRIMARY KEY (business_id, id), 
	CONSTRAINT uq_knowledge_business_id_question UNIQUE (business_id, question)
);

CREATE INDEX ix_knowledge_words ON knowledge USING gin (words);

CREATE TABLE opt_outs (
	phone_hash VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	message_id UUID, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	seq BIGINT GENERATED ALWAYS AS IDENTITY, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_opt_outs PRIMARY KEY (business_id, id), 
	CONSTRAINT ck_opt_outs_kind CHECK (kind IN ('stop','start','help'))
);

CREATE INDEX ix_opt_outs_hash ON opt_outs (business_id, phone_hash, at);

CREATE TABLE service_secrets (
	name VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	CONSTRAINT pk_service_secrets PRIMARY KEY (name)
);

CREATE TABLE staff (
	key VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	phone VARCHAR, 
	email VARCHAR, 
	role VARCHAR NOT NULL, 
	active BOOLEAN NOT NULL, 
	resource_no BIGINT GENERATED ALWAYS AS IDENTITY, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_staff PRIMARY KEY (business_id, id), 
	CONSTRAINT uq_staff_business_id_key UNIQUE (business_id, key), 
	CONSTRAINT uq_staff_resource_no UNIQUE (resource_no)
);

CREATE TABLE turns (
	conversation_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	brain VARCHAR NOT NULL, 
	model VARCHAR, 
	model_calls INTEGER NOT NULL, 
	input_tokens INTEGER NOT NULL, 
	output_tokens INTEGER NOT NULL, 
	milliseconds INTEGER NOT NULL, 
	acts JSONB NOT NULL, 
	refusals JSONB NOT NULL, 
	prompt_version VARCHAR, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_turns PRIMARY KEY (business_id, id)
);

CREATE INDEX ix_turns_conversation ON turns (business_id, conversation_id, at);

CREATE TABLE businesses (
	id UUID NOT NULL, 
	agency_id UUID, 
	slug VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	test BOOLEAN NOT NULL, 
	clock_offset_seconds INTEGER NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_businesses PRIMARY KEY (id), 
	CONSTRAINT fk_businesses_agency_id FOREIGN KEY(agency_id) REFERENCES agencies (id), 
	CONSTRAINT uq_businesses_slug UNIQUE (slug)
);

CREATE INDEX ix_businesses_agency_id ON businesses (agency_id);

CREATE TABLE conversations (
	caller_id UUID NOT NULL, 
	number VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	staff_key VARCHAR, 
	epoch INTEGER NOT NULL, 
	lease_until TIMESTAMP WITH TIME ZONE, 
	lease_token BIGINT NOT NULL, 
	memory JSONB NOT NULL, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	last_message_at TIMESTAMP WITH TIME ZONE, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_conversations PRIMARY KEY (business_id, id), 
	CONSTRAINT ck_conversations_owner CHECK (owner IN ('agent','queue','staff')), 
	CONSTRAINT uq_conversations_business_id_caller_id UNIQUE (business_id, caller_id), 
	CONSTRAINT fk_conversations_business_id_caller_id FOREIGN KEY(business_id, caller_id) REFERENCES callers (business_id, id)
);

CREATE TABLE jobs (
	id UUID NOT NULL, 
	business_id UUID NOT NULL, 
	kind VARCHAR NOT NULL, 
	payload JSONB NOT NULL, 
	dedupe VARCHAR, 
	state VARCHAR NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	attempts INTEGER NOT NULL, 
	claimed_until TIMESTAMP WITH TIME ZONE, 
	error VARCHAR, 
	put_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT uq_jobs_business_id_kind_dedupe UNIQUE (business_id, kind, dedupe), 
	CONSTRAINT fk_jobs_business_id FOREIGN KEY(business_id) REFERENCES businesses (id)
);

CREATE INDEX ix_jobs_due ON jobs (due_at) WHERE state = 'pending';

CREATE INDEX ix_jobs_of ON jobs (business_id, due_at) WHERE state = 'pending';

CREATE TABLE leads (
	caller_id UUID NOT NULL, 
	conversation_id UUID NOT NULL, 
	status VARCHAR NOT NULL, 
	opened_by VARCHAR NOT NULL, 
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	last_activity_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	replied_at TIMESTAMP WITH TIME ZONE, 
	answered_at TIMESTAMP WITH TIME ZONE, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	nudges INTEGER NOT NULL, 
	nudged_at TIMESTAMP WITH TIME ZONE, 
	intake JSONB NOT NULL, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_leads PRIMARY KEY (business_id, id), 
	CONSTRAINT ck_leads_status CHECK (status IN ('texted','in_conversation','booked','follow_up_needed','no_response','closed')), 
	CONSTRAINT ck_leads_opened_by CHECK (opened_by IN ('call','text')), 
	CONSTRAINT fk_leads_business_id_caller_id FOREIGN KEY(business_id, caller_id) REFERENCES callers (business_id, id), 
	CONSTRAINT fk_leads_business_id_conversation_id FOREIGN KEY(business_id, conversation_id) REFERENCES conversations (business_id, id)
);

CREATE INDEX ix_leads_caller ON leads (business_id, caller_id, opened_at);

CREATE INDEX ix_leads_status ON leads (business_id, status);

CREATE UNIQUE INDEX uq_leads_open ON leads (business_id, caller_id) WHERE ended_at IS NULL;

CREATE TABLE numbers (
	number VARCHAR NOT NULL, 
	business_id UUID NOT NULL, 
	account_sid VARCHAR, 
	CONSTRAINT pk_numbers PRIMARY KEY (number), 
	CONSTRAINT fk_numbers_business_id FOREIGN KEY(business_id) REFERENCES businesses (id)
);

CREATE INDEX ix_numbers_business_id ON numbers (business_id);

CREATE TABLE offers (
	conversation_id UUID NOT NULL, 
	position INTEGER NOT NULL, 
	service_key VARCHAR NOT NULL, 
	staff_key VARCHAR NOT NULL, 
	starts_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	state VARCHAR NOT NULL, 
	made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_offers PRIMARY KEY (business_id, id), 
	CONSTRAINT fk_offers_business_id_conversation_id FOREIGN KEY(business_id, conversation_id) REFERENCES conversations (business_id, id)
);

CREATE INDEX ix_offers_conversation ON offers (business_id, conversation_id, made_at);

CREATE TABLE profiles (
	business_id UUID NOT NULL, 
	document JSONB NOT NULL, 
	carrier VARCHAR, 
	version INTEGER NOT NULL, 
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_profiles PRIMARY KEY (business_id), 
	CONSTRAINT fk_profiles_business_id FOREIGN KEY(business_id) REFERENCES businesses (id)
);

CREATE TABLE sessions (
	id UUID NOT NULL, 
	kind VARCHAR NOT NULL, 
	secret_hash VARCHAR NOT NULL, 
	business_id UUID, 
	agency_id UUID, 
	role VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	staff_key VARCHAR, 
	go_to VARCHAR, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT uq_sessions_secret_hash UNIQUE (secret_hash), 
	CONSTRAINT fk_sessions_business_id FOREIGN KEY(business_id) REFERENCES businesses (id), 
	CONSTRAINT fk_sessions_agency_id FOREIGN KEY(agency_id) REFERENCES agencies (id)
);

CREATE INDEX ix_sessions_agency_id ON sessions (agency_id);

CREATE INDEX ix_sessions_business_id ON sessions (business_id);

CREATE TABLE tokens (
	id UUID NOT NULL, 
	token_hash VARCHAR NOT NULL, 
	business_id UUID, 
	agency_id UUID, 
	role VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	staff_key VARCHAR, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	revoked_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_tokens PRIMARY KEY (id), 
	CONSTRAINT uq_tokens_token_hash UNIQUE (token_hash), 
	CONSTRAINT fk_tokens_business_id FOREIGN KEY(business_id) REFERENCES businesses (id), 
	CONSTRAINT fk_tokens_agency_id FOREIGN KEY(agency_id) REFERENCES agencies (id)
);

CREATE INDEX ix_tokens_agency_id ON tokens (agency_id);

CREATE INDEX ix_tokens_business_id ON tokens (business_id);

CREATE TABLE bookings (
	resource_no BIGINT NOT NULL, 
	staff_key VARCHAR NOT NULL, 
	service_key VARCHAR NOT NULL, 
	caller_id UUID, 
	lead_id UUID, 
	conversation_id UUID, 
	starts_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ends_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	during TSTZRANGE NOT NULL, 
	status VARCHAR NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE, 
	idempotency VARCHAR, 
	booked_by VARCHAR, 
	name VARCHAR, 
	note VARCHAR, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	confirmed_at TIMESTAMP WITH TIME ZONE, 
	cancelled_at TIMESTAMP WITH TIME ZONE, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_bookings PRIMARY KEY (business_id, id), 
	CONSTRAINT ck_bookings_status CHECK (status IN ('held','released','requested','confirmed','cancelled','done','no_show')), 
	CONSTRAINT ck_bookings_forward CHECK (ends_at > starts_at), 
	CONSTRAINT uq_bookings_business_id_idempotency UNIQUE (business_id, idempotency), 
	CONSTRAINT fk_bookings_business_id_caller_id FOREIGN KEY(business_id, caller_id) REFERENCES callers (business_id, id), 
	CONSTRAINT fk_bookings_business_id_lead_id FOREIGN KEY(business_id, lead_id) REFERENCES leads (business_id, id), 
	CONSTRAINT fk_bookings_business_id_conversation_id FOREIGN KEY(business_id, conversation_id) REFERENCES conversations (business_id, id)
);

CREATE INDEX ix_bookings_resource ON bookings (business_id, resource_no, starts_at);

CREATE INDEX ix_bookings_start ON bookings (business_id, starts_at);

CREATE TABLE calls (
	sid VARCHAR NOT NULL, 
	caller_id UUID, 
	lead_id UUID, 
	phone VARCHAR, 
	number VARCHAR NOT NULL, 
	forwarded_from VARCHAR, 
	started_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	accepted_at TIMESTAMP WITH TIME ZONE, 
	accepted_by VARCHAR, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	carrier_status VARCHAR, 
	missed_at TIMESTAMP WITH TIME ZONE, 
	decision VARCHAR, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_calls PRIMARY KEY (business_id, id), 
	CONSTRAINT uq_calls_business_id_sid UNIQUE (business_id, sid), 
	CONSTRAINT fk_calls_business_id_caller_id FOREIGN KEY(business_id, caller_id) REFERENCES callers (business_id, id), 
	CONSTRAINT fk_calls_business_id_lead_id FOREIGN KEY(business_id, lead_id) REFERENCES leads (business_id, id)
);

CREATE INDEX ix_calls_missed ON calls (business_id, missed_at);

CREATE TABLE handoffs (
	no INTEGER NOT NULL, 
	conversation_id UUID NOT NULL, 
	lead_id UUID, 
	state VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	urgency VARCHAR NOT NULL, 
	summary VARCHAR NOT NULL, 
	claimed_by VARCHAR, 
	claimed_at TIMESTAMP WITH TIME ZONE, 
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE, 
	escalations INTEGER NOT NULL, 
	resolved_at TIMESTAMP WITH TIME ZONE, 
	outcome VARCHAR, 
	note VARCHAR, 
	instruction VARCHAR, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_handoffs PRIMARY KEY (business_id, id), 
	CONSTRAINT ck_handoffs_state CHECK (state IN ('open','claimed','resolved')), 
	CONSTRAINT ck_handoffs_urgency CHECK (urgency IN ('life','urgent','normal')), 
	CONSTRAINT ck_handoffs_reason CHECK (reason IN ('asked', 'emergency', 'urgent', 'upset', 'lost', 'off_limits', 'unknown_answer', 'no_slot', 'model_down', 'conflict', 'other')), 
	CONSTRAINT ck_handoffs_outcome CHECK (outcome IN ('booked','follow_up_needed','closed')), 
	CONSTRAINT fk_handoffs_business_id_conversation_id FOREIGN KEY(business_id, conversation_id) REFERENCES conversations (business_id, id), 
	CONSTRAINT fk_handoffs_business_id_lead_id FOREIGN KEY(business_id, lead_id) REFERENCES leads (business_id, id)
);

CREATE INDEX ix_handoffs_queue ON handoffs (business_id, state, opened_at);

CREATE UNIQUE INDEX uq_handoffs_live ON handoffs (business_id, conversation_id) WHERE state <> 'resolved';

CREATE TABLE messages (
	seq BIGINT GENERATED ALWAYS AS IDENTITY, 
	conversation_id UUID, 
	lead_id UUID, 
	direction VARCHAR NOT NULL, 
	author VARCHAR NOT NULL, 
	staff_key VARCHAR, 
	body VARCHAR NOT NULL, 
	media TEXT[] NOT NULL, 
	segments INTEGER NOT NULL, 
	delivery VARCHAR NOT NULL, 
	error_code INTEGER, 
	carrier_sid VARCHAR, 
	from_phone VARCHAR NOT NULL, 
	to_phone VARCHAR NOT NULL, 
	purpose VARCHAR, 
	cause VARCHAR, 
	basis VARCHAR, 
	template VARCHAR, 
	attempts INTEGER NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	attempted_at TIMESTAMP WITH TIME ZONE, 
	sent_at TIMESTAMP WITH TIME ZONE, 
	delivered_at TIMESTAMP WITH TIME ZONE, 
	answered_at TIMESTAMP WITH TIME ZONE, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_messages PRIMARY KEY (business_id, id), 
	CONSTRAINT ck_messages_direction CHECK (direction IN ('inbound','outbound')), 
	CONSTRAINT ck_messages_author CHECK (author IN ('caller','agent','staff','system')), 
	CONSTRAINT ck_messages_delivery CHECK (delivery IN ('queued','sending','unknown','sent','delivered','undelivered','failed','received')), 
	CONSTRAINT uq_messages_business_id_carrier_sid UNIQUE (business_id, carrier_sid), 
	CONSTRAINT uq_messages_business_id_purpose_cause UNIQUE (business_id, purpose, cause), 
	CONSTRAINT fk_messages_business_id_conversation_id FOREIGN KEY(business_id, conversation_id) REFERENCES conversations (business_id, id), 
	CONSTRAINT fk_messages_business_id_lead_id FOREIGN KEY(business_id, lead_id) REFERENCES leads (business_id, id), 
	CONSTRAINT uq_messages_seq UNIQUE (seq)
);

CREATE INDEX ix_messages_conversation ON messages (business_id, conversation_id, seq);

CREATE INDEX ix_messages_unanswered ON messages (business_id, conversation_id) WHERE direction = 'inbound' AND answered_at IS NULL;

CREATE TABLE callbacks (
	caller_id UUID, 
	lead_id UUID, 
	call_id UUID, 
	phone VARCHAR, 
	state VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	owner VARCHAR, 
	promised_from TIMESTAMP WITH TIME ZONE, 
	promised_until TIMESTAMP WITH TIME ZONE, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	done_at TIMESTAMP WITH TIME ZONE, 
	done_by VARCHAR, 
	outcome VARCHAR, 
	business_id UUID NOT NULL, 
	id UUID NOT NULL, 
	CONSTRAINT pk_callbacks PRIMARY KEY (business_id, id), 
	CONSTRAINT ck_callbacks_state CHECK (state IN ('open','done')), 
	CONSTRAINT fk_callbacks_business_id_caller_id FOREIGN KEY(business_id, caller_id) REFERENCES callers (business_id, id), 
	CONSTRAINT fk_callbacks_business_id_lead_id FOREIGN KEY(business_id, lead_id) REFERENCES leads (business_id, id), 
	CONSTRAINT fk_callbacks_business_id_call_id FOREIGN KEY(business_id, call_id) REFERENCES calls (business_id, id)
);

CREATE INDEX ix_callbacks_state ON callbacks (business_id, state, created_at);


-- Two callers can never win one slot: no two live rows of one person may overlap, buffers included.
-- int8range instead of a plain integer, because btree_gist is not everywhere.
ALTER TABLE bookings ADD CONSTRAINT bookings_no_overlap
  EXCLUDE USING gist (int8range(resource_no, resource_no, '[]') WITH &&, during WITH &&)
  WHERE (status IN ('held', 'requested', 'confirmed'));

-- Row-level security. A tenant's rows are seen only while its id is set for the transaction.

ALTER TABLE callers ENABLE ROW LEVEL SECURITY;
ALTER TABLE callers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON callers USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON journal USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE knowledge ENABLE ROW LEVEL SECURITY;
ALTER TABLE knowledge FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON knowledge USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE opt_outs ENABLE ROW LEVEL SECURITY;
ALTER TABLE opt_outs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON opt_outs USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE staff ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON staff USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE turns ENABLE ROW LEVEL SECURITY;
ALTER TABLE turns FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON turns USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON conversations USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE leads ENABLE ROW LEVEL SECURITY;
ALTER TABLE leads FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON leads USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE offers ENABLE ROW LEVEL SECURITY;
ALTER TABLE offers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON offers USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE profiles FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON profiles USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE bookings ENABLE ROW LEVEL SECURITY;
ALTER TABLE bookings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON bookings USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE calls FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON calls USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE handoffs ENABLE ROW LEVEL SECURITY;
ALTER TABLE handoffs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON handoffs USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON messages USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE callbacks ENABLE ROW LEVEL SECURITY;
ALTER TABLE callbacks FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON callbacks USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);


-- Directory tables: read before the business is known. Written within one where they belong to one.

ALTER TABLE numbers ENABLE ROW LEVEL SECURITY;
ALTER TABLE numbers FORCE ROW LEVEL SECURITY;
CREATE POLICY directory ON numbers FOR SELECT USING (true);
CREATE POLICY tenant ON numbers USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY directory ON jobs FOR SELECT USING (true);
CREATE POLICY tenant ON jobs USING (business_id = nullif(current_setting('ringback.business', true), '')::uuid) WITH CHECK (business_id = nullif(current_setting('ringback.business', true), '')::uuid);

ALTER TABLE agencies ENABLE ROW LEVEL SECURITY;
ALTER TABLE agencies FORCE ROW LEVEL SECURITY;
CREATE POLICY directory ON agencies USING (true) WITH CHECK (true);

ALTER TABLE businesses ENABLE ROW LEVEL SECURITY;
ALTER TABLE businesses FORCE ROW LEVEL SECURITY;
CREATE POLICY directory ON businesses USING (true) WITH CHECK (true);

ALTER TABLE tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY directory ON tokens USING (true) WITH CHECK (true);

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY directory ON sessions USING (true) WITH CHECK (true);

ALTER TABLE service_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY directory ON service_secrets USING (true) WITH CHECK (true);
