"""Questions about the 18F handbook, in the words of people in a hurry, and where it answers them.

Written after reading the pages; each question names every page that answers it.
"""

ANSWERED = {
    "how many weeks off do I get when my baby is born?": ("travel-and-leave/paid-parental-leave",),
    "do I get paid for overtime or only comp time": ("travel-and-leave/overtime",),
    "can coworkers donate leave to me?": (
        "travel-and-leave/voluntary-leave-transfer-program",
        "travel-and-leave/leave",
    ),
    "max hours of advanced sick leave": ("travel-and-leave/advanced-sick-leave",),
    "moving to another state, who do I tell?": (
        "travel-and-leave/travel-and-leave-policies/moving",
    ),
    "how do I order business cards": ("general-information-and-resources/purchase-requests",),
    "my computer acts weird, should I turn it off?": (
        "general-information-and-resources/tech-policies/security-incidents",
    ),
    "which password manager are we supposed to use": (
        "general-information-and-resources/tech-policies/password-requirements",
    ),
    "sign up for transit subsidy": (
        "general-information-and-resources/employee-resources-policies/transit-benefit",
    ),
    "my landlord wants proof of employment": (
        "general-information-and-resources/employee-resources-policies/employment-verification",
    ),
    "how do I get my PIV card": ("getting-started/piv", "getting-started/equipment"),
    "tock line for vacation?": ("tools/tock", "about-us/tts-consulting/operations/tock"),
    "publish an npm package for work": ("tools/npm",),
    "who gives me access to New Relic": ("tools/new-relic",),
    "docker hub access": ("tools/docker-hub",),
    "do git commits have to be signed": ("tools/git-signing",),
    "zoom says company domain, what do I type": ("tools/zoom",),
    "i'm quitting, what do I fill out and when": ("hiring-staying-or-changing-jobs/leaving-tts",),
    "are slack messages public record?": (
        "tools/slack/records",
        "tools/slack/guidelines",
        "general-information-and-resources/tech-policies/records-management",
    ),
    "can i tweet about my work": ("office-of-operations/social-media",),
    "how does the bug bounty work": ("general-information-and-resources/tech-policies/bug-bounty",),
    "we want to buy something for 20k, where do we start": (
        "18f/how-18f-works/procurements-over-10000",
    ),
    "change my last name everywhere": ("18f/how-18f-works/changing-your-name",),
    "can I put an API key in the repo": (
        "general-information-and-resources/sensitive-information",
    ),
    "have to travel tonight but the authorization was never approved": (
        (
            "travel-and-leave/travel-and-leave-policies/"
            "travel-guide-b-after-hours-emergency-travel-authorizations"
        ),
    ),
    "which text editor can I use": ("tools/text-editors",),
    "jury duty - what kind of leave is that": ("travel-and-leave/leave", "tools/tock"),
    "can I have another email address than my legal name": (
        "tools/gmail",
        "18f/how-18f-works/changing-your-name",
    ),
    "what's an IDP": ("training-and-development/idp",),
    "how do promotions work here": ("hiring-staying-or-changing-jobs/promotions",),
}

ON_TOPIC_BUT_ABSENT = (
    "what's the wifi password in the Chicago office?",
    "can I bring my dog to the New York office?",
    "how much does a GS-13 step 5 earn in Denver?",
    "who was the last person to be promoted?",
    "is there a discount at Planet Fitness for us?",
)

OFF_TOPIC = (
    "best recipe for banana bread",
    "who won the world cup in 2018",
    "how do I change the oil in a Honda Civic",
    "what is the boiling point of mercury",
    "how long do cats live",
)
