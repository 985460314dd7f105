"""The shared database as SQLAlchemy sees it; `Base.metadata` is complete once this package is imported."""

from mv_desktop.models.absence import TeacherAbsence
from mv_desktop.models.access import StaffLogin
from mv_desktop.models.adjustment import (
    ExamAdjustment,
    PaperQuestionPlace,
    QuestionDecision,
    QuestionProposal,
    QuestionRescoring,
)
from mv_desktop.models.assignment import TeacherConflict, TeacherLimit
from mv_desktop.models.base import Base
from mv_desktop.models.comment import BankCommentRow, CommentChangeRow, CommentUse
from mv_desktop.models.computer import ComputerRow
from mv_desktop.models.coordination import DeadlineChange, EvaluationReturn, EvaluationVersion, KeptDecision
from mv_desktop.models.enums import ENUM_TYPES
from mv_desktop.models.evaluation import (
    Evaluation,
    EvaluationAssignment,
    EvaluationClock,
    EvaluationFlag,
    EvaluationHold,
    QuestionMark,
)
from mv_desktop.models.exam_instance import AnswerSheetUpload, ExamInstance, StudentMcqAnswer, UnansweredQuestion
from mv_desktop.models.exam_template import ExamTemplate
from mv_desktop.models.import_history import RecordImport, RecordImportRow
from mv_desktop.models.mapping import ParentStudentMapping
from mv_desktop.models.notice import NoticeMail, NoticeReader, NoticeRow
from mv_desktop.models.page import PageFile, PageRequest, UploadRequest
from mv_desktop.models.picture import PictureRequest, QuestionPicture
from mv_desktop.models.quality import SampleMark, ScriptSample, SecondMarking
from mv_desktop.models.question import (
    Question,
    QuestionChange,
    QuestionRemark,
    QuestionReview,
    QuestionScheme,
    QuestionSearch,
    QuestionVersionRow,
    QuestionWord,
)
from mv_desktop.models.sheet import PageExclusion, PageVersion, RescanRequest
from mv_desktop.models.subscription import ConsultationRow, Subscription, SubscriptionPlan
from mv_desktop.models.sync import (
    AnnotationRegister,
    AppliedOperation,
    ClockBeacon,
    MarkConflict,
    MarkRegister,
    OperationStream,
    PageRegister,
)
from mv_desktop.models.system import AuditLog, AuditSeal, Holiday, SystemConfig
from mv_desktop.models.user import User

__all__ = [
    "ENUM_TYPES",
    "AnnotationRegister",
    "AnswerSheetUpload",
    "AppliedOperation",
    "AuditLog",
    "AuditSeal",
    "BankCommentRow",
    "Base",
    "ClockBeacon",
    "CommentChangeRow",
    "CommentUse",
    "ComputerRow",
    "ConsultationRow",
    "DeadlineChange",
    "Evaluation",
    "EvaluationAssignment",
    "EvaluationClock",
    "EvaluationFlag",
    "EvaluationHold",
    "EvaluationReturn",
    "EvaluationVersion",
    "ExamAdjustment",
    "ExamInstance",
    "ExamTemplate",
    "Holiday",
    "KeptDecision",
    "MarkConflict",
    "MarkRegister",
    "NoticeMail",
    "NoticeReader",
    "NoticeRow",
    "OperationStream",
    "PageExclusion",
    "PageFile",
    "PageRegister",
    "PageRequest",
    "PageVersion",
    "PaperQuestionPlace",
    "ParentStudentMapping",
    "PictureRequest",
    "Question",
    "QuestionChange",
    "QuestionDecision",
    "QuestionMark",
    "QuestionPicture",
    "QuestionProposal",
    "QuestionRemark",
    "QuestionRescoring",
    "QuestionReview",
    "QuestionScheme",
    "QuestionSearch",
    "QuestionVersionRow",
    "QuestionWord",
    "RecordImport",
    "RecordImportRow",
    "RescanRequest",
    "SampleMark",
    "ScriptSample",
    "SecondMarking",
    "StaffLogin",
    "StudentMcqAnswer",
    "Subscription",
    "SubscriptionPlan",
    "SystemConfig",
    "TeacherAbsence",
    "TeacherConflict",
    "TeacherLimit",
    "UnansweredQuestion",
    "UploadRequest",
    "User",
]
