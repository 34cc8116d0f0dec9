from itertools import islice

from risks.matching.evaluation import pairs, unrelated


def test_the_same_seed_gives_the_same_risks():
    assert list(unrelated.texts(20, seed=1)) == list(unrelated.texts(20, seed=1))
    assert list(unrelated.texts(20, seed=1)) != list(unrelated.texts(20, seed=2))


def test_every_risk_has_all_its_parts_and_no_brace_is_left():
    for risk in unrelated.texts(3_000, seed=3):
        assert all((risk.title, risk.cause, risk.event, risk.effect))
        assert "{" not in risk.whole
        assert len(risk.title) <= 150


def test_few_of_many_risks_are_there_twice():
    many = list(islice(unrelated.texts(200_000, seed=4), 20_000))
    assert len(set(many)) > 0.98 * len(many)


def test_the_unrelated_risks_of_a_measurement_are_distinct():
    found = unrelated.distinct(2_000, seed=5)
    assert len({(risk.title, risk.cause) for risk in found}) == 2_000


def test_no_unrelated_risk_is_the_side_of_a_pair():
    titles = {
        side.title for file in (pairs.GIVEN, pairs.OWN, pairs.HELD_OUT) for pair in pairs.read(file) for side in pair
    }
    assert titles.isdisjoint(risk.title for risk in unrelated.texts(5_000, seed=6))
