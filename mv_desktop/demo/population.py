"""The people of the demo: staff, students and their parents. The same people on every computer."""

from __future__ import annotations

import random
from dataclasses import dataclass
from uuid import UUID, uuid5

from mv_desktop.domain.person import RelationshipType, UserRole
from mv_desktop.domain.subscription import BillingCycle, PlanType

_NAMESPACE = UUID("0d1b4f9e-8a0a-5c53-9b0e-70656f706c65")
_SEED = 20260119
STUDENTS = 40

_STAFF = (
    ("Ananya", "Sharma", UserRole.TEACHER, False),
    ("Ravi", "Iyer", UserRole.TEACHER, False),
    ("Meenakshi", "Venkataraghavan", UserRole.TEACHER, True),
    ("Farhan", "Qureshi", UserRole.TEACHER, False),
    ("Gurpreet", "Kaur", UserRole.TEACHER, False),
    ("Subhash", "Chattopadhyay", UserRole.TEACHER, False),
    ("Leela", "Menon", UserRole.ADMIN, False),
)
_GIVEN = (
    *("Aarav", "Aditi", "Arjun", "Bhavna", "Chetan", "Devika", "Esha", "Faisal", "Gauri", "Harish", "Ishita", "Jatin"),
    *("Kavya", "Lakshmi", "Manish", "Nandini", "Omkar", "Pooja", "Rahul", "Saanvi", "Tanvi", "Uday", "Varun", "Yash"),
    *("Zoya", "आकाश", "प्रिया", "Krishnamurthy"),
)
_FAMILY = (
    *("Agarwal", "Banerjee", "Chauhan", "Deshpande", "Fernandes", "Gupta", "Hegde", "Joshi", "Kulkarni", "Mehta"),
    *("Nair", "Patel", "Rao", "Reddy", "Saxena", "Singh", "Thomas", "Verma", "वर्मा", "Balasubramaniam"),
)
_PARENTS = ("Sunita", "Rajesh", "Kamala", "Vijay", "Nirmala", "Anil", "Shobha", "Prakash", "Rekha", "Suresh")
_SCHOOLS = (
    "Kendriya Vidyalaya No. 2, Pune",
    "Delhi Public School, Mathura Road",
    "केन्द्रीय विद्यालय, लखनऊ",
    "Sri Venkateswara Higher Secondary School for Girls, Thiruvananthapuram",
    "Jawahar Navodaya Vidyalaya, Bhopal",
    "St. Xavier's School, Ranchi",
)
_PLANS = (
    *(PlanType.PREMIUM, PlanType.CENTUM, PlanType.PREMIUM, PlanType.BASIC),
    *(PlanType.CENTUM, PlanType.PREMIUM, PlanType.BASIC, PlanType.PREMIUM_MCQ),
)


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the demo; the id is made from the e-mail."""

    first_name: str
    last_name: str
    email: str
    role: UserRole
    is_coordinator: bool = False
    student_class: str | None = None
    school: str | None = None
    phone: str | None = None

    @property
    def user_id(self) -> UUID:
        """The same on every computer."""
        return uuid5(_NAMESPACE, self.email)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student with her parent and her plan."""

    student: Person
    parent: Person
    relationship: RelationshipType
    plan: PlanType
    billing_cycle: BillingCycle
    billing_day: int


def staff() -> tuple[Person, ...]:
    """Six teachers, one of whom coordinates, and an admin; the first teacher has the fullest queue."""
    return tuple(
        Person(
            first,
            last,
            f"{first}.{last}@mathvidya.example".lower(),
            role,
            is_coordinator=coordinates,
            phone=f"+9198{random.Random(last).randrange(10**8):08}",
        )
        for first, last, role, coordinates in _STAFF
    )


def pupils() -> tuple[Pupil, ...]:
    """The students: two of three in class XII."""
    dice = random.Random(_SEED)
    return tuple(_pupil(number, dice) for number in range(STUDENTS))


def _pupil(number: int, dice: random.Random) -> Pupil:
    family = _FAMILY[(number * 7) % len(_FAMILY)]
    student = Person(
        first_name=_GIVEN[number % len(_GIVEN)],
        last_name=family,
        email=f"student{number + 1:02}@student.mathvidya.example",
        role=UserRole.STUDENT,
        student_class="X" if number % 3 == 2 else "XII",
        school=_SCHOOLS[number % len(_SCHOOLS)],
        phone=None if number % 9 == 4 else f"+9197{random.Random(number).randrange(10**8):08}",
    )
    parent = Person(
        first_name=_PARENTS[number % len(_PARENTS)],
        last_name=family,
        email=f"parent{number + 1:02}@family.mathvidya.example",
        role=UserRole.PARENT,
        phone=f"+9198{dice.randrange(10**8):08}",
    )
    relationship = RelationshipType.MOTHER if number % 2 == 0 else RelationshipType.FATHER
    cycle = BillingCycle.ANNUAL if number % 4 == 0 else BillingCycle.MONTHLY
    return Pupil(student, parent, relationship, _PLANS[number % len(_PLANS)], cycle, dice.randint(1, 28))
