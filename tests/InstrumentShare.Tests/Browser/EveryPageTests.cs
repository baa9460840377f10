using System.Globalization;
using Deque.AxeCore.Playwright;

namespace InstrumentShare.Tests.Browser;

/// <summary>What holds for every page, at a desk and on a phone, in both languages.</summary>
[Collection(nameof(Browser))]
public sealed class EveryPageTests(DemoInBrowser demo)
{
    /// <summary>Account and addresses; words in braces are filled with ids of the demo region.</summary>
    public static TheoryData<string, string> Pages { get; } = new()
    {
        { "", "/ /sign-in /nothing-here /docs" },
        { "", "/sign-up /sign-up?institution=%E5%A4%A7%E5%AD%A6 /confirm-email /confirm-email/resend /forgot-password /reset-password /sign-out /forbidden /demo/mail" },
        { "", "/instruments /instruments?q=%E7%94%B5%E9%95%9C /instruments?classification=010000&sharing=external /instruments?q=zzzz" },
        { "manager", "/manage/instruments /manage/instruments/new /manage/instruments/import /manage/instruments/{managed} /manage/instruments/{managed}/hours /manage/instruments/{managed}/closures /manage/instruments/{managed}/conduct /manage/instruments/{managed}/rules /manage/instruments/{managed}/access" },
        { "researcher", "/my/qualifications /my/qualifications?qualification={qualification} /instruments/{qualifiedInstrument}" },
        { "researcher2", "/my/qualifications /instruments/{qualifiedInstrument}" },
        { "manager", "/manage/qualifications /manage/qualifications/new /manage/qualifications/{qualification} /manage/training /manage/training?show=past /manage/training/new /manage/training/new?qualification={qualification} /manage/training/{pastTraining} /manage/training/{comingTraining}" },
        { "manager", "/manage/instrument-groups /manage/instrument-groups/{instrumentGroup}?q=%E7%94%B5" },
        { "", "/instruments/{instrument} /instruments/{instrument}/calendar" },
        { "researcher", "/instruments/{instrument} /instruments/{instrument}/calendar /instruments/{instrument}/series /instruments/{instrument}/check?startsAt=2020-01-01T10:00&endsAt=2020-01-01T23:00 /bookings /bookings?show=past /bookings/{own-booking} /bookings/{own-booking}/cancel /booking-series /booking-series/{series}" },
        { "manager", "/instruments/{managed} /instruments/{managed}/calendar /instruments/{managed}/check /manage/rules /manage/rules/edit?place=instrument:{managed} /manage/requests /manage/requests/delegates /bookings/{request} /bookings" },
        { "researcher", "/account /account/two-factor /account/api-keys /account/personal-data /account/mail /account/calendar-feeds /system/mail" },
        { "manager", "/account/calendar-feeds?instrument={managed} /account/mail" },
        { "", "/calendar /calendar?instruments={instrument} /calendar?q=%E7%94%B5%E9%95%9C" },
        { "researcher", "/calendar /calendar?instruments={instrument}&view=week /calendar?instruments={instrument}&view=list" },
        { "manager", "/calendar /calendar?instruments={managed},{instrument}&view=week" },
        { "institution", "/people /groups /groups/{group}" },
        { "admin", "/institutions /institutions/new /institutions/{institution}/edit /institutions/{institution}/people /institutions/{institution}/groups /people/{person} /audit /system/mail" },
        { "researcher", "/my/usage /charges" },
        { "manager", "/manage/today /manage/usage /manage/usage/proof?from=2020-01-01 /usage/seals /manage/usage/{managedUse} /manage/usage/new /manage/instruments/{pricedInstrument}/prices /manage/charges /charges/{managedCharge}" },
        { "officer", "/manage/usage /manage/charges" },
        { "researcher", "/funds /funds/{fund} /groups/{ledGroup}/funds /instruments/{demanding}/calendar /instruments/{demanding}/series /instruments/{demanding}/standby" },
        { "leader", "/funds /groups/{ledGroup}/funds" },
        { "institution", "/funds /funds/new /funds/new?group={ledGroup} /funds/{fund} /ledger /ledger?kind=fund /ledger/entries /ledger/entries?kind=topUp /ledger/closing" },
        { "auditor", "/ledger /ledger/closing" },
        { "manager", "/manage/charge-disputes /charges/{disputedCharge}" },
        { "manager", "/bookings/{judged}/verdict /manage/credit-appeals" },
        { "", "/b/{instrument} /kiosk /kiosk/enrol /kiosk/enrol?code=ABCD" },
        { "researcher", "/b/{instrument} /b/{faulty} /account/badge /faults/{fault}" },
        { "manager", "/manage/faults /manage/faults?status=resolved /faults/{fault} /instruments/{faulty} /instruments/{faulty}/calendar /manage/labels /manage/labels?instrument={managed} /manage/kiosks /manage/badges" },
        { "researcher", "/my/credit /credit-rules /credit-rules?place=region:CN-34 /bookings/{lateCancelled} /instruments/{careful} /instruments/{careful}/check" },
        { "institution", "/credit-rules /manage/rules" },
        { "officer", "/credit-rules?place=region:CN-34 /manage/rules /manage/rules?of=region:CN-34 /manage/rules/edit?place=region:CN-34" },
        { "manager", "/manage/instruments/{careful}/conduct /bookings/{lateCancelled}" },
        { "leader", "/groups/{ledGroup}/credit" },
        { "manager", "/technicians/time /manage/rooms /manage/rooms/{room} /manage/instruments/{linking}/links /manage/instruments/{managed}/links" },
        { "technician", "/technicians/time /technicians/day /account/calendar-feeds?what=assisted /manage/rooms" },
        { "manager", "/manage/house-rules /manage/house-rules/new /manage/house-rules/{houseRule}" },
        { "researcher", "/my/house-rules /my/house-rules?document={houseRule} /my/house-rules?instrument={managed} /my/usage/{ownUse}/feedback" },
        { "researcher", "/instruments/{entrusted} /orders /orders/new?instrument={entrusted} /orders/{order} /orders/{draftOrder}/edit" },
        { "manager", "/classes /classes?show=past /classes/new /classes/{class}" },
        { "manager", "/manage/orders /manage/orders?status=declined /manage/test-items /orders/{submittedOrder} /orders/{order}" },
        { "researcher", "/standby /standby/offers/{offer} /instruments/{waitedFor}/standby /instruments/{waitedFor}/standby?start=2020-01-01T10:00&end=2020-01-01T11:00" },
        { "manager", "/instruments/{waitedFor}/standby /instruments/{offeredInstrument}/standby" },
        { "researcher", "/orders/{deliveredOrder} /orders/{deliveredOrder}/results /orders/{deliveredOrder}/samples" },
        { "manager", "/orders/{sampledOrder}/results /orders/{deliveredOrder}/results" },
        { "manager", "/manage/batches /manage/batches/new?instrument={entrusted} /manage/batches/{batch} /samples /orders/{sampledOrder} /orders/{sampledOrder}/samples /orders/{sampledOrder}/labels" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_has_no_accessibility_fault_no_sideways_scroll_and_no_script_error(string account, string addresses)
    {
        var faults = new List<string>();
        foreach (var (language, width) in new[] { ("zh-CN", 1280), ("en", 360) })
        {
            var page = await demo.OpenAsync(account.Length == 0 ? null : account, language, width);
            // The checker itself writes a style that the policy refuses; what it says while it looks does not count.
            var looking = false;
            page.PageError += (_, error) => faults.Add($"{page.Url}: script error {error}");
            page.Console += (_, message) =>
            {
                if (!looking && message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal) && !message.Text.Contains("403", StringComparison.Ordinal)) faults.Add($"{page.Url}: {message.Text}");
            };
            foreach (var address in addresses.Split(' '))
            {
                var path = await FilledAsync(address);
                var answer = await page.GotoAsync(path);
                if (answer!.Status >= 500) faults.Add($"{path}: {answer.Status}");
                var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
                if (overflow > 0) faults.Add(string.Create(CultureInfo.InvariantCulture, $"{path} ({language}, {width} px) scrolls sideways by {overflow} px"));
                looking = true;
                var axe = await page.RunAxe();
                looking = false;
                faults.AddRange(axe.Violations.Select(v => $"{path} ({language}, {width} px): {v.Id} {v.Nodes[0].Html}"));
            }

            await page.Context.CloseAsync();
        }

        faults.ShouldBeEmpty();
    }

    private async Task<string> FilledAsync(string address)
    {
        foreach (var (word, sql) in Ids.Where(i => address.Contains(i.Key, StringComparison.Ordinal)))
            address = address.Replace(word, (await demo.ScalarAsync<Guid>(sql)).ToString(), StringComparison.Ordinal);
        return address;
    }

    private const string OfManager = "EXISTS (SELECT 1 FROM role_grants g JOIN people m ON m.id = g.person_id WHERE g.scope_id IN (i.id, i.institution_id) AND m.email = 'manager@demo.example')";

    private static readonly Dictionary<string, string> Ids = new(StringComparer.Ordinal)
    {
        ["{institution}"] = "SELECT institution_id FROM people WHERE email = 'institution@demo.example'",
        ["{person}"] = "SELECT id FROM people WHERE email = 'manager@demo.example'",
        ["{group}"] = "SELECT g.id FROM groups g JOIN people p ON p.institution_id = g.institution_id WHERE p.email = 'institution@demo.example' ORDER BY g.id LIMIT 1",
        ["{managed}"] = "SELECT i.id FROM instruments i JOIN role_grants g ON g.scope_id IN (i.id, i.institution_id) JOIN people p ON p.id = g.person_id WHERE p.email = 'manager@demo.example' ORDER BY i.inner_id LIMIT 1",
        ["{class}"] = "SELECT id FROM class_sessions ORDER BY id LIMIT 1",
        ["{series}"] = "SELECT s.id FROM booking_series s JOIN people p ON p.id = s.person_id WHERE p.email = 'researcher@demo.example' ORDER BY s.id LIMIT 1",
        ["{own-booking}"] = "SELECT b.id FROM bookings b JOIN people p ON p.id = b.person_id WHERE p.email = 'researcher@demo.example' ORDER BY b.status = 'confirmed' DESC, b.starts_at DESC LIMIT 1",
        ["{request}"] = "SELECT b.id FROM bookings b JOIN instruments i ON i.id = b.instrument_id JOIN role_grants g ON g.scope_id IN (i.id, i.institution_id) JOIN people p ON p.id = g.person_id WHERE p.email = 'manager@demo.example' AND g.role = 'labManager' ORDER BY b.status = 'requested' DESC, b.starts_at DESC LIMIT 1",
        ["{instrument}"] = "SELECT id FROM instruments WHERE takes_bookings AND is_visible ORDER BY inner_id LIMIT 1",
        ["{instrumentGroup}"] = "SELECT g.id FROM instrument_groups g JOIN people p ON p.institution_id = g.institution_id WHERE p.email = 'manager@demo.example' ORDER BY g.id LIMIT 1",
        ["{qualification}"] = "SELECT id FROM qualifications WHERE instrument_id IS NOT NULL ORDER BY id LIMIT 1",
        ["{qualifiedInstrument}"] = "SELECT instrument_id FROM qualifications WHERE instrument_id IS NOT NULL ORDER BY id LIMIT 1",
        ["{pastTraining}"] = "SELECT id FROM training_sessions ORDER BY starts_at LIMIT 1",
        ["{comingTraining}"] = "SELECT id FROM training_sessions ORDER BY starts_at DESC, seats_taken DESC LIMIT 1",
        ["{offer}"] = "SELECT o.id FROM standby_offers o JOIN standby_requests r ON r.id = o.request_id JOIN people p ON p.id = r.person_id WHERE p.email = 'researcher@demo.example' ORDER BY o.state = 'open' DESC, o.id LIMIT 1",
        ["{offeredInstrument}"] = "SELECT instrument_id FROM standby_offers ORDER BY id LIMIT 1",
        ["{waitedFor}"] = "SELECT instrument_id FROM standby_requests WHERE status = 'waiting' ORDER BY id LIMIT 1",
        ["{fault}"] = "SELECT id FROM faults ORDER BY status, id LIMIT 1",
        ["{faulty}"] = "SELECT instrument_id FROM faults WHERE status = 'acknowledged' ORDER BY id LIMIT 1",
        ["{ledGroup}"] = "SELECT g.id FROM groups g JOIN people p ON p.id = g.leader_id WHERE p.email = 'leader@demo.example' ORDER BY g.id LIMIT 1",
        ["{entrusted}"] = "SELECT instrument_id FROM test_items WHERE instrument_id IS NOT NULL ORDER BY id LIMIT 1",
        ["{order}"] = "SELECT o.id FROM orders o JOIN people p ON p.id = o.person_id WHERE p.email = 'researcher@demo.example' ORDER BY o.status = 'accepted' DESC, o.number LIMIT 1",
        ["{draftOrder}"] = "SELECT o.id FROM orders o JOIN people p ON p.id = o.person_id WHERE p.email = 'researcher@demo.example' AND o.status = 'draft' ORDER BY o.number LIMIT 1",
        ["{deliveredOrder}"] = "SELECT id FROM orders WHERE status = 'delivered' ORDER BY number LIMIT 1",
        ["{batch}"] = "SELECT id FROM order_batches WHERE status = 'planned' ORDER BY id LIMIT 1",
        ["{sampledOrder}"] = "SELECT id FROM orders WHERE status = 'received' ORDER BY number LIMIT 1",
        ["{submittedOrder}"] = "SELECT id FROM orders WHERE status = 'submitted' ORDER BY number LIMIT 1",
        ["{lateCancelled}"] = "SELECT id FROM bookings WHERE cancelled_late ORDER BY starts_at DESC, id LIMIT 1",
        ["{careful}"] = "SELECT instrument_id FROM credit_thresholds WHERE effect = 'refuse' ORDER BY id LIMIT 1",
        ["{judged}"] = $"SELECT v.booking_id FROM booking_verdicts v JOIN instruments i ON i.id = v.instrument_id WHERE {OfManager} AND v.superseded_by IS NULL AND v.excuse_reason IS NULL AND v.found <> '{{asBooked}}' ORDER BY v.id LIMIT 1",
        ["{managedUse}"] = $"SELECT r.id FROM usage_records r JOIN instruments i ON i.id = r.instrument_id WHERE {OfManager} AND r.is_current AND r.ended_at IS NOT NULL ORDER BY r.started_at DESC LIMIT 1",
        ["{managedCharge}"] = $"SELECT c.id FROM charges c JOIN instruments i ON i.id = c.instrument_id WHERE {OfManager} AND c.kind = 'charge' AND c.status = 'issued' ORDER BY c.served_on DESC LIMIT 1",
        ["{fund}"] = "SELECT f.id FROM funds f JOIN groups g ON g.id = f.group_id JOIN people p ON p.id = g.leader_id WHERE p.email = 'leader@demo.example' ORDER BY f.number LIMIT 1",
        ["{demanding}"] = "SELECT i.id FROM instruments i JOIN billing_terms t ON t.institution_id = i.institution_id AND t.demands_fund WHERE i.takes_bookings AND i.is_visible ORDER BY i.inner_id LIMIT 1",
        ["{disputedCharge}"] = "SELECT charge_id FROM charge_disputes WHERE status = 'open' ORDER BY id LIMIT 1",
        ["{houseRule}"] = "SELECT r.id FROM house_rules r JOIN people p ON p.institution_id = r.institution_id WHERE p.email = 'manager@demo.example' ORDER BY r.id LIMIT 1",
        ["{ownUse}"] = "SELECT r.id FROM usage_records r JOIN people p ON p.id = r.person_id WHERE p.email = 'researcher@demo.example' AND r.is_current AND r.ended_at IS NOT NULL ORDER BY r.started_at DESC LIMIT 1",
        ["{room}"] = "SELECT id FROM rooms ORDER BY id LIMIT 1",
        ["{linking}"] = "SELECT instrument_id FROM instrument_links ORDER BY id LIMIT 1",
        ["{pricedInstrument}"] = $"SELECT i.id FROM instruments i WHERE {OfManager} AND EXISTS (SELECT 1 FROM price_policies x WHERE x.instrument_id = i.id) ORDER BY i.inner_id LIMIT 1",
    };
}
