"""Sentences with values that other layers say to a teacher, as templates.

The layers below know no languages: what they tell is finished English, some of it kept in her file or sent by the
server. `text.said` recognises it by these templates, translates the template and puts the values back. A test gathers
what those layers say and fails on a sentence that cannot be said in Hindi. Sentences without values need no line here.
"""

from __future__ import annotations

MARKS = (
    "“{text}” is not a mark.",
    "{marks} is not between 0 and {most}.",
    "This question carries {most} marks.",
    "{marks} is not a multiple of ½.",
    "A comment may have {most} characters; this one has {count}.",
    "{marks} is no mark: marks go in steps of ½ up to {most}.",
    "“{text}” is not a question number.",
    "“{text}” runs backwards.",
    "Type {first}-{last}.",
    "This paper has no written question {question}.",
    "Its questions are {first} to {last}.",
    "Its questions are {questions}.",
    "The operation “{kind}” is not known to this version.",
    "An operation “{kind}” is malformed.",
    (
        "It was marked with a newer version of this program. Install version {version} or later to change it; "
        "all of it is kept."
    ),
)
VERDICTS = (
    "{code} differed from the server and was fetched anew: its marks were not the same.",
    (
        "{code} differed from the server and was fetched anew: {count} annotations carrying {marks} marks here, "
        "{others} annotations carrying {theirs} marks there."
    ),
    "{code} was given to another teacher. What you marked was kept and is offered to your coordinator.",
    "{code} was marked otherwise on your other computer. Decide which mark counts; then it can be submitted.",
    "What you marked on {code} was brought in from a file and kept; your coordinator decides about it.",
    "{code} was assigned anew. What you marked before was kept.",
    "{code} was already completed. What you marked afterwards was kept and changes nothing.",
    "{code} was handed back before. What you did on it afterwards was kept and changes nothing.",
    "{code} was taken out of marking by your coordinator. What you marked was kept.",
    "{code} is not assigned to you, so the server did not take a change. (Code: never assigned)",
    "The server did not take a mark on {code}: it is not between 0 and the marks possible, or not in steps of ½.",
    "The server did not take a change on {code}: the paper has no such question.",
    "A flag on {code} was not withdrawn: your coordinator has answered it already.",
    "{code} was returned to you. To be marked again: {numbers}. Why: {reason}",
    "A change on {code} was not taken: that question was not returned to you, so its marks stay as they were.",
    "The server did not take {code} back: it needs to know why, in your words.",
    "The server did not take a drawing on {code}: it is too large.",
    "The server kept a change on {code} without applying it ({reason}).",
    "The server did not take a change on {code} ({kind}: {reason}). It is kept in your journal.",
    "{code} is no longer yours. What you marked was kept and is offered to your coordinator.",
    "{code} was moved to {teacher}. What you marked was kept and is offered to your coordinator.",
    "It was moved to {teacher}. What you marked was kept.",
    "The server could not take the submission of {code}. It is open again: submit it once more.",
    "The server could not take a change on {code} ({kind}). It is kept here and tried again; the rest was sent.",
    "A comment of the bank was changed by {name} meanwhile. Yours, “{text}”, is kept as one of your own.",
    "A comment of the bank was changed meanwhile. Yours, “{text}”, is kept as one of your own.",
    "The comment that you changed is another teacher's. Yours, “{text}”, is kept as one of your own.",
    "The server did not take the comment “{text}” ({reason}). It is kept on this computer.",
    "{code} was not submitted and is open again: question {question} has no mark.",
    "{code} was not submitted and is open again: questions {questions} and {question} have no mark.",
    "{code} was not submitted and is open again: question {question} has a mark that the paper does not allow.",
    (
        "{code} was not submitted and is open again: questions {questions} and {question} have a mark that the paper "
        "does not allow."
    ),
    (
        "{code} was not submitted and is open again: the marks differ from the server's ({pairs}). "
        "Look at them and submit again."
    ),
    "question {question}: {here} here, {there} on the server",
    (
        "{code} was not submitted and is open again: the total is {here} here and {there} on the server. "
        "Look at the marks and submit again."
    ),
    (
        "{code} was not submitted and is open again: question {question} has two marks, from two computers of yours. "
        "Decide first."
    ),
    (
        "{code} was not submitted and is open again: questions {questions} and {question} have two marks, from two "
        "computers of yours. Decide first."
    ),
    (
        "A mark on {code} was kept and does not count: another computer of yours had marked the question otherwise "
        "before. Look at the question again."
    ),
    (
        "On {code} something that you deleted was changed on another computer of yours meanwhile. It stands as it is "
        "there; delete it again if it is to go."
    ),
    ("A change on {code} was damaged on this computer’s disk and is not sent. Look at the script, and do it again."),
    "{code} was not submitted and is open again: the exam is not waiting for marks. Ask your coordinator.",
    "{code} was not submitted and is open again: the server held it back ({reason}).",
)
FILES = (
    "This file is larger than {count} MB, the most that is accepted.",
    "This picture is too large to be opened safely: more than {count} million pixels.",
    "This PDF has {count} pages; at most {most} are accepted.",
    "Page {page} of this PDF is damaged and cannot be shown.",
    "Page {page} of this PDF has a size that cannot be shown.",
    "The pictures in this PDF are too large to be opened safely (page {page}).",
    "With this file the script would have {count} pages; at most {most} are accepted.",
    "The store of answer sheets cannot answer now (status {code}).",
    "A page could not be written to this computer's disk: {reason}.",
    "The folder for pages on this computer cannot be used: {reason}.",
    "Your work folder {folder} could not be used: {reason}.",
    "Your work folder{folder} cannot be written.",
)
SERVER = (
    (
        "The server cannot be reached, and it was last spoken to on {day}: after {count} days it has to confirm who "
        "you are."
    ),
    (
        "The server cannot be reached, and this computer's clock has already shown a later day: counted from that, "
        "more than {count} days have passed, and the server has to confirm who you are."
    ),
    "The server did not accept what was sent: {reason}.",
    "The server refused: {reason}.",
    "It was not deleted: it is kept in {folder}.",
    "The changes in it that had not been sent ({count}) could not be read: look at the scripts that you marked last.",
    "All changes in it that had not been sent ({count}) could be read: they are kept on this computer and are sent.",
    (
        "Of the changes in it that had not been sent, {count} could be read: they are kept on this computer and are "
        "sent."
    ),
    "The others ({count}) could not be read: look at the scripts that you marked last.",
    "This program is too old for the server: version {version} or a later one is needed.",
    "You are away from {first} to {last} already.",
    "At least {count} characters.",
    "Too short: {length} of at least {count} characters.",
    "It holds “{word}”, which others know of you.",
)
QUESTIONS = (
    "“{command}” stands outside of dollar signs.",
    "“{command}” is no command that can be shown.",
    "“{command}” cannot be shown.",
    "“{command}” ends nothing.",
    "“{command}” is not ended.",
    "Line {number} must begin with its marks, as in “1: finds the slope”.",
    "The steps add up to {total}, the question carries {marks}.",
    "There is no choice {letter}. One that is only a picture has the line [{number}].",
    "Choice {letter} is a picture that is not there. Put it in, or write words instead of [{number}].",
    "There is no such unit. Is “{unit}” meant?",
    "The same as row {row}.",
    "Row {row} is about the same question, and says something else.",
    "Nothing stands behind “{sign}”.",
    "“{command}” is not complete: write it as in {example}.",
    "The file has no column for: {names}.",
    "{file} cannot be read ({reason}).",
    "{file} is too large.",
    "{file} is an old Excel file.",
    "{file} has no headings in its first row.",
    "{file} has more than {count} columns.",
    "Row {row} of {file} has more than {count} cells.",
    "Row {row} of {file} has a cell of more than {count} letters.",
    "{file} has more than {count} rows.",
    "{file} has headings and no row.",
    "{file} is no table.",
    "Row {row} of {file} cannot be read.",
    "{file} is not in UTF-8, so that its letters cannot be told.",
    "{file} is no Excel file that can be read.",
    "{file} has no sheet.",
    "{file} has no sheet “{sheet}”.",
    "It has: {names}.",
    "{file} is no Excel file: it has no sheets.",
    "{file} has more than {count} sheets.",
    "{file} has nothing in the sheets that are shown.",
    "{file} unfolds into far more than a table.",
    "{file} is locked with a password.",
    "{file} holds what no Excel file has.",
    "Row {row} of {file} holds a formula.",
)
CASES = (
    "“{text}” is neither a moment nor a number of working hours.",
    "{who} has replaced this page meanwhile.",
    "{who} has taken this page out of the script.",
    "{who} has asked for this rescan already.",
    "{who} has answered this flag already.",
    "{who} has decided about this work meanwhile.",
    "{who} has decided about this question meanwhile.",
    "{who} has made a proposal about this question already.",
    "{who} has changed this deadline meanwhile.",
    "{who} was faster: the script is with {teacher} now.",
    "The script is with {teacher} now.",
    "The script is in the pool already: {who} put it there.",
    "The script is withdrawn: {who} took it out of marking.",
)
COORDINATION = (
    "It takes {work} at least, and {left} of working time is left: nobody would be in time.",
    "She is entered as away from {first} to {last} already.",
)
QUALITY = (
    "This script is a sample already: {who} chose it.",
    "{teacher} has this sample already.",
    "{who} was faster: {teacher} has this sample.",
    "Questions are not marked yet: {numbers}.",
    "Marks are not possible: {numbers}.",
)
OFFICE = (
    "{who} has changed this meanwhile. Nothing was saved.",
    "A value breaks a rule of the database ({rule}). Nothing was saved.",
    "No student has the address {email}. Nothing was saved.",
    "No parent has the address {email}. Nothing was saved.",
    "Nobody of the staff has the address {email}. Nothing was saved.",
    "Consultation {number}: {why}",
    "{plan} runs from {first} to {last} already.",
    "Row {row}, {column}: {why}",
    "Row {row}: {why}",
    "Each line needs these cells: {names}.",
    "It is one of these: {names}.",
    "Section {section} stands there twice.",
    "Section {section}: questions of this kind never carry such marks.",
    "Section {section}: between 1 and 200 questions.",
    "Section {section}: {why}",
    "Section {section}: all questions of the practice are on {unit}.",
    "Section {section} names a unit that the class does not have: {units}.",
    "Section {section} has {count} questions, but its units add up to {sum}.",
    "Section {section} has weights that cannot be shared out.",
    "Section {section} offers more alternatives than it has questions.",
    "The question bank cannot fill this paper: {what}.",
    "section {section} needs {needed} {kind} of {marks} marks, the bank has {available} for it",
    "section {section} needs {needed} {kind} of {marks} marks on {unit}, the bank has {available} for it",
    "section {section} needs an either/or for {needed} {kind} of {marks} marks, the bank has enough for {available}",
)
PEOPLE = (
    "this teacher has {count} open scripts; they must be given to others first",
    "somebody else made this person a member of {group}, so it cannot be taken away",
)
"""Why the server does nothing of what was asked of an account, as PostgreSQL says it."""
SERVERS = (
    "The list of servers in {path} cannot be read.",
    "The list of servers could not be saved in {folder}.",
    "The server “{name}” was changed or removed meanwhile by another program.",
)
TEMPLATES = (
    *MARKS,
    *VERDICTS,
    *FILES,
    *SERVER,
    *COORDINATION,
    *CASES,
    *QUALITY,
    *OFFICE,
    *PEOPLE,
    *QUESTIONS,
    *SERVERS,
)
