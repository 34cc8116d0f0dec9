"""The code lists of LFPSE that a risk is described with, so that it can be compared with what is recorded nationally.

Codes and displays are those of taxonomy version 5 of Learn from Patient Safety Events (NHS England), in its order:
`risk-themes-5`, `healthcare-process-5`, `service-type-5` and `risk-location-5`.
"""

THEMES: tuple[tuple[str, str], ...] = (
    ("1", "Staffing, workload, capacity or capability of services"),
    ("2", "Medical devices, including supply issues"),
    ("3", "Medication, including supply issues"),
    ("4", "Non-medical devices/equipment, including supply issues"),
    ("5", "Healthcare buildings, fixtures and fittings"),
    ("6", "Information Technology or transfer of information"),
    ("7", "Problems with administrative, governance or managerial systems and processes"),
    ("8", "Other"),
)

PROCESSES: tuple[tuple[str, str], ...] = (
    ("1", "The patient was accessing healthcare, treatment, or advice"),
    ("2", "Admission or acceptance into healthcare"),
    (
        "3",
        "Assessment, evaluation, examination, history-taking, investigation, testing, measurement, surveillance or "
        "screening",
    ),
    ("4", "Diagnosis or decision-making"),
    ("5", "Planning or prescribing"),
    ("6", "Intervention, treatment, care provision, dispensing, selection or administering"),
    ("7", "Evaluation, review, monitoring or follow-up"),
    ("8", "Referral, escalation or change to a different service or setting"),
    ("9", "Discharge or ending a type of healthcare"),
    ("10", "Self-care or safety-netting"),
    ("11", "Not a direct part of healthcare delivery"),
    ("12", "I don't know"),
)

SERVICES: tuple[tuple[str, str], ...] = (
    ("1", "Acute, general or specialist services (including inpatient, ED, outpatient and 'outsourced hospital care')"),
    ("19", "Maternity services (inpatient or community)"),
    ("17", "GP including out-of-hours services and minor injury units"),
    ("18", "NHS 111"),
    ("3", "Ambulance and 999"),
    ("4", "Mental health services (inpatient or community)"),
    ("6", "Community therapy services"),
    ("7", "Community general/district nursing"),
    ("8", "Prison healthcare"),
    ("9", "Community pharmacy"),
    ("10", "Community optometry"),
    ("11", "Community dentistry"),
    ("12", "Care home services (residential or nursing)"),
    ("16", "Intermediate care services"),
    ("13", "Social care services"),
    ("14", "LD and Autism services"),
    ("15", "I don't know"),
)

REACH: tuple[tuple[str, str], ...] = (
    ("1", "My organisation"),
    ("2", "A different organisation"),
    ("3", "The risk is widespread"),
    ("4", "I don't know"),
)

MY_ORGANISATION = "1"
