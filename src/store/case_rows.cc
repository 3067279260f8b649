// One `add` a table: its columns, in the order of the schema script.
#include "store/case_writer_impl.h"

namespace serjeant {

namespace {

template <class Enum>
auto code(Enum value) -> std::int64_t {
  return static_cast<std::int64_t>(value);
}

}  // namespace

void CaseWriter::add(ConfigRow row) {
  impl_->row().key_text(row.key).text(row.value);
  impl_->push(Table::kConfig);
}

void CaseWriter::add(DecisionRow row) {
  impl_->row()
      .key_id(row.id)
      .text(row.kind)
      .id_if_any(row.subject)
      .json(row.body, "{}")
      .text(row.actor)
      .number(row.at)
      .blob_if_any(row.sig);
  impl_->push(Table::kDecision);
}

void CaseWriter::add(OrgRow row) {
  if (row.name.empty()) return;
  impl_->row().key_text(row.name).text(row.kind);
  impl_->push(Table::kOrg);
}

void CaseWriter::add(SourceRow row) {
  impl_->name_org(row.org);
  impl_->row()
      .key_number(row.id)
      .digest(row.sha256)
      .count(row.size)
      .digest(row.merkle)
      .text(row.kind)
      .text_if_any(row.profile)
      .org(row.org)
      .number(code(row.tlp));
  impl_->push(Table::kSource);
}

void CaseWriter::add(OriginRow row) {
  impl_->row()
      .key_number(row.source)
      .key_number(row.container)
      .key_number(row.off)
      .key_text(row.name)
      .count(row.len)
      .text(row.codec);
  impl_->push(Table::kOrigin);
}

void CaseWriter::add(LeafRow row) {
  impl_->row().key_number(row.source).key_number(row.n).digest(row.sha256);
  impl_->push(Table::kLeaf);
}

void CaseWriter::add(CustodyRow row) {
  impl_->row()
      .key_number(row.seq)
      .count_if_any(row.source)
      .text(row.at)
      .text(row.actor)
      .text(row.act)
      .text(row.note);
  impl_->push(Table::kCustody);
}

void CaseWriter::add(CoverageRow row) {
  if (row.len == 0) return;  // says nothing of any byte
  impl_->row()
      .key_number(row.source)
      .key_number(row.off)
      .count(row.len)
      .number(row.state)
      .text(row.reader)
      .count(row.records)
      .count(row.faults)
      .text_if_any(row.why);
  impl_->push(Table::kCoverage);
}

void CaseWriter::add(GapRow row) {
  impl_->row()
      .key_id(row.id)
      .count_if_any(row.source)
      .id_if_any(row.subject)
      .text(row.kind)
      .maybe(row.t0)
      .maybe(row.t1)
      .text(row.effect);
  impl_->push(Table::kGap);
}

void CaseWriter::add(ClockRow row) {
  impl_->row()
      .key_number(row.source)
      .key_text(row.name)
      .number(code(row.basis))
      .number(row.offset_ns)
      .number(row.drift_ppb)
      .number(row.residual_ns)
      .number(row.pairs);
  impl_->push(Table::kClock);
}

void CaseWriter::add(IntelRow row) {
  impl_->built_in_intel |= row.id == 0;
  impl_->row()
      .key_number(row.id)
      .count_if_any(row.source)
      .text(row.kind)
      .text(row.name)
      .text(row.version)
      .text(row.publisher)
      .maybe(row.issued)
      .text_if_any(row.licence)
      .text(row.grade);
  impl_->push(Table::kIntel);
}

void CaseWriter::add(RuleRow row) {
  impl_->built_in_rules |= row.intel == 0;
  impl_->row()
      .key_number(row.id)
      .count(row.intel)
      .text(row.uid)
      .digest(row.sha256)
      .text(row.title)
      .number(row.level)
      .number(row.state)
      .text_if_any(row.why);
  impl_->push(Table::kRule);
}

void CaseWriter::add(EventRow row) {
  impl_->name_org(row.org);
  impl_->row()
      .key_id(row.eid)
      .count(row.source)
      .count(row.off)
      .count(row.len)
      .maybe(row.ts_ns)
      .number(code(row.ts_basis))
      .number(row.ts_unc_ms)
      .number(row.class_uid)
      .number(row.activity_id)
      .count_if_any(row.outcome)
      .org(row.org)
      .id_if_any(row.actor_acct)
      .count_if_any(row.actor_kind)
      .id_if_any(row.target_acct)
      .id_if_any(row.mailbox)
      .text_if_any(row.session_a)
      .text_if_any(row.session_b)
      .text_if_any(row.device)
      .text_if_any(row.app)
      .text_if_any(row.client_app)
      .text_if_any(row.ua)
      .blob_if_any(row.ip)
      .count_if_any(row.ip_port)
      .count_if_any(row.asn)
      .count_if_any(row.geo)
      .count_if_any(row.ip_role)
      .text_if_any(row.object)
      .count_if_any(row.object_kind)
      .blob_if_any(row.msgid_hash)
      .count_if_any(row.item_count)
      .count_if_any(row.bytes_in)
      .count_if_any(row.bytes_out)
      .text_if_any(row.error)
      .number(row.flags)
      .text_if_any(row.native);
  impl_->push(Table::kEvent);
}

void CaseWriter::add(FindingRow row) {
  impl_->row()
      .key_id(row.id)
      .count(row.rule)
      .count(row.source)
      .count(row.off)
      .count(row.len)
      .id_if_any(row.eid)
      .maybe(row.ts)
      .number(row.level)
      .json(row.matched, "[]")
      .number(code(row.tlp));
  impl_->push(Table::kFinding);
}

void CaseWriter::add(EntityRow row) {
  impl_->row()
      .key_id(row.id)
      .text(row.kind)
      .text(row.value)
      .text_if_any(row.stix_id)
      .count(row.df)
      .number(code(row.tlp));
  impl_->push(Table::kEntity);
}

void CaseWriter::add(EdgeRow row) {
  impl_->row()
      .key_id(row.a)
      .key_number(row.rel)
      .key_id(row.b)
      .maybe(row.t0)
      .maybe(row.t1)
      .count(row.n)
      .id_if_any(row.finding);
  impl_->push(Table::kEdge);
}

void CaseWriter::add(PersonRow row) {
  impl_->row()
      .key_id(row.id)
      .text(row.label)
      .count(row.roster)
      .count(row.off)
      .count(row.len)
      .number(code(row.tlp));
  impl_->push(Table::kPerson);
}

void CaseWriter::add(PersonRoleRow row) {
  impl_->name_org(row.org);
  impl_->row().key_id(row.person).key_org(row.org).key_text(row.role).maybe(row.t0).maybe(row.t1);
  impl_->push(Table::kPersonRole);
}

void CaseWriter::add(AccountRow row) {
  impl_->name_org(row.org);
  impl_->row().key_id(row.id).text("").text("").null().number(0).number(0);
  impl_->push(Table::kEntity);  // adds nothing where somebody entered it
  impl_->row().key_id(row.id).org(row.org).text(row.kind).id_if_any(row.person);
  impl_->push(Table::kAccount);
}

void CaseWriter::add(SessionRow row) {
  impl_->row().key_id(row.id).id(row.account).text(row.native).maybe(row.t0).maybe(row.t1);
  impl_->push(Table::kSession);
}

void CaseWriter::add(StrandRow row) {
  impl_->row()
      .key_id(row.session)
      .key_number(row.n)
      .blob_if_any(row.ip)
      .count_if_any(row.asn)
      .text_if_any(row.agent)
      .text_if_any(row.device)
      .maybe(row.t0)
      .maybe(row.t1)
      .count(row.events)
      .number(row.llr)
      .number(row.verdict);
  impl_->push(Table::kStrand);
}

void CaseWriter::add(ItemRow row) {
  impl_->row()
      .key_id(row.id)
      .text(row.kind)
      .id_if_any(row.holder)
      .text(row.key)
      .maybe(row.size)
      .maybe(row.persons)
      .number(code(row.tlp));
  impl_->push(Table::kItem);
}

void CaseWriter::add(ItemReadRow row) {
  impl_->row()
      .key_id(row.item)
      .key_id(row.session)
      .key_number(row.strand)
      .key_text(row.mode)
      .number(row.proven ? 1 : 0)
      .maybe(row.t0)
      .maybe(row.t1)
      .id_if_any(row.eid);
  impl_->push(Table::kItemRead);
}

void CaseWriter::add(ExposureRow row) {
  impl_->row()
      .key_id(row.id)
      .id_if_any(row.campaign)
      .id(row.subject)
      .number(row.stage)
      .maybe(row.t0)
      .maybe(row.t1)
      .number(row.low)
      .number(row.likely)
      .number(row.high)
      .text(row.why_not_higher)
      .id_if_any(row.eid);
  impl_->push(Table::kExposure);
}

void CaseWriter::add(CampaignRow row) {
  impl_->row().key_id(row.id).text(row.label).text(row.purpose).maybe(row.t0).maybe(row.t1);
  impl_->push(Table::kCampaign);
}

void CaseWriter::add(CampaignMemberRow row) {
  impl_->row().key_id(row.campaign).key_id(row.member).number(row.wave).number(row.p);
  impl_->push(Table::kCampaignMember);
}

void CaseWriter::add(CampaignLinkRow row) {
  impl_->row().key_id(row.a).key_id(row.b).key_text(row.family).number(row.llr).text(row.shared);
  impl_->push(Table::kCampaignLink);
}

void CaseWriter::add(CampaignChangeRow row) {
  impl_->row().key_id(row.id).text(row.op).id(row.old).id(row.fresh).id_if_any(row.decision);
  impl_->push(Table::kCampaignChange);
}

void CaseWriter::add(ClaimRow row) {
  impl_->row()
      .key_id(row.id)
      .id(row.subject)
      .number(code(row.predicate))
      .id_if_any(row.object)
      .text_if_any(row.literal)
      .text_if_any(row.words)
      .number(code(row.stance))
      .number(row.negated ? 1 : 0)
      .number(row.tense)
      .id(row.asserter)
      .id_if_any(row.via)
      .number(row.rung)
      .text(row.scale)
      .maybe(row.lo)
      .maybe(row.hi)
      .text_if_any(row.word)
      .maybe(row.confidence)
      .text(row.reliability)
      .number(row.credibility)
      .maybe(row.said0)
      .maybe(row.said1)
      .maybe(row.held0)
      .maybe(row.held1)
      .text_if_any(row.quantity)
      .text_if_any(row.hedges)
      .text_if_any(row.extractor)
      .maybe(row.score)
      .text_if_any(row.reason)
      .number(code(row.tlp))
      .text_if_any(row.marking);
  impl_->push(Table::kClaim);
}

void CaseWriter::add(ClaimStatusRow row) {
  impl_->row()
      .key_id(row.claim)
      .key_number(row.n)
      .number(row.status)
      .id_if_any(row.newer)
      .id_if_any(row.decision);
  impl_->push(Table::kClaimStatus);
}

void CaseWriter::add(AnswerRow row) {
  impl_->row().key_id(row.claim).key_number(row.n).id_if_any(row.answer).number(row.as_of);
  impl_->push(Table::kAnswer);
}

void CaseWriter::add(ClaimEvidenceRow row) {
  auto& out = impl_->row();
  out.key_id(row.claim).key_number(row.n).number(row.polarity);
  if (row.source != 0) {
    out.count(row.source).count(row.off).count(row.len);
  } else {
    out.null().null().null();
  }
  out.id_if_any(row.finding).id_if_any(row.premise);
  impl_->push(Table::kClaimEvidence);
}

void CaseWriter::add(OfficialActRow row) {
  impl_->row()
      .key_id(row.id)
      .text(row.kind)
      .text(row.authority)
      .number(row.issued)
      .text(row.status)
      .text(row.title)
      .count(row.source);
  impl_->push(Table::kOfficialAct);
}

void CaseWriter::add(ActNameRow row) {
  impl_->row()
      .key_id(row.act)
      .key_number(row.n)
      .text(row.kind)
      .text(row.quote)
      .text(row.status)
      .count(row.off)
      .count(row.len);
  impl_->push(Table::kActName);
}

void CaseWriter::add(ItemOfEvidenceRow row) {
  impl_->row()
      .key_id(row.id)
      .text(row.kind)
      .number(row.vertex)
      .number(row.aspect)
      .text(row.family)
      .text(row.grader)
      .text(row.why)
      .json(row.indep, "{}")
      .number(row.forge)
      .maybe(row.t0)
      .maybe(row.t1);
  impl_->push(Table::kItemOfEvidence);
}

void CaseWriter::add(HypothesisRow row) {
  impl_->row()
      .key_id(row.id)
      .id(row.question)
      .text(row.kind)
      .id_if_any(row.subject)
      .id_if_any(row.other)
      .number(row.prior)
      .number(row.prior_technical);
  impl_->push(Table::kHypothesis);
}

void CaseWriter::add(FactorRow row) {
  impl_->row()
      .key_id(row.hypothesis)
      .key_id(row.item)
      .number(row.p1)
      .number(row.p0)
      .number(row.r)
      .number(row.phi)
      .number(row.s)
      .number(row.e)
      .number(row.lr_raw)
      .number(row.lr)
      .number(row.discount)
      .number(row.lr_used)
      .text(row.provenance);
  impl_->push(Table::kFactor);
}

void CaseWriter::add(AssessmentRow row) {
  impl_->row()
      .key_id(row.hypothesis)
      .number(row.posterior)
      .number(row.technical)
      .number(row.lo)
      .number(row.hi)
      .text(row.word)
      .number(row.confidence)
      .number(row.quiet ? 1 : 0)
      .number(row.technique_only ? 1 : 0)
      .number(row.cost)
      .number(row.clean ? 1 : 0)
      .number(row.named ? 1 : 0)
      .json(row.reasons, "[]");
  impl_->push(Table::kAssessment);
}

void CaseWriter::add(SensitivityRow row) {
  impl_->row().key_id(row.question).key_id(row.left_out).id(row.top).number(row.posterior);
  impl_->push(Table::kSensitivity);
}

}  // namespace serjeant
