"""Three businesses to talk to: a plumber, a groomer and a dentist."""

from core.profile import Profile
from tests.sample import sample_profile


def plumber() -> Profile:
    """Asks for a zip, has prices, first aid for a leak, and no fixed line on weekends."""
    return sample_profile(
        services=[
            {
                "key": "drain",
                "name": "Drain cleaning",
                "also_called": ["clogged sink", "clogged drain", "slow drain"],
                "minutes": 60,
                "buffer_after_minutes": 30,
                "price": "from $129",
            },
            {
                "key": "leak",
                "name": "Leak repair",
                "also_called": ["dripping faucet", "leaking pipe", "pipe burst"],
                "minutes": 60,
                "price": "$95 visit, then by quote",
                "first_aid": "Shut the main valve, usually near the meter.",
            },
            {
                "key": "water-heater",
                "name": "Water heater repair",
                "also_called": ["no hot water"],
                "minutes": 90,
            },
        ],
        languages=["en", "es"],
    )


def groomer() -> Profile:
    """Asks for a breed and the pet's name; two sizes of one service."""
    return sample_profile(
        name="Paws & Claws",
        vertical="pet_grooming",
        languages=["en", "es"],
        hours={
            "mon": [],
            "tue": ["09:00-18:00"],
            "wed": ["09:00-18:00"],
            "thu": ["09:00-18:00"],
            "fri": ["09:00-18:00"],
            "sat": ["08:00-15:00"],
        },
        services=[
            {
                "key": "bath-small",
                "name": "Bath (small dog)",
                "minutes": 45,
                "price": "$45",
                "also_called": ["small dog bath"],
            },
            {
                "key": "bath-large",
                "name": "Bath (large dog)",
                "minutes": 75,
                "price": "$70",
                "also_called": ["big dog bath"],
            },
            {
                "key": "nails",
                "name": "Nail trim",
                "minutes": 15,
                "price": "$18",
                "also_called": ["nails", "claws"],
            },
        ],
        intake=["service", "breed", "pet_name", "name"],
        service_area=None,
        knowledge=[
            {"q": "Do you groom cats?", "a": "Not right now, sorry. We groom dogs only."},
            {
                "q": "Do dogs need shots?",
                "a": "Yes, please bring proof of a current rabies vaccination.",
            },
        ],
    )


def dentist() -> Profile:
    """No prices, staff confirm each booking, medical advice is off limits."""
    return sample_profile(
        name="Bright Smile Dental",
        vertical="appointments",
        booking_link=None,
        services=[
            {
                "key": "cleaning",
                "name": "Cleaning and check-up",
                "minutes": 60,
                "also_called": ["teeth cleaning", "checkup"],
            },
            {"key": "crown", "name": "Crown", "minutes": 60, "also_called": ["lost crown"]},
        ],
        intake=["service", "name", "new_or_returning"],
        service_area=None,
        booking={"confirm": "staff", "offer": 2, "slot_minutes": 30},
        knowledge=[
            {
                "q": "Which insurance do you take?",
                "a": "We are in network with Delta Dental and MetLife.",
            },
            {"q": "Where do I park?", "a": "The garage under the building is free for two hours."},
        ],
        never=["medical advice", "diagnosis", "prescription"],
        voice="fixed",
    )
