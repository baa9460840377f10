using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Orders.Items;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders;

/// <summary>Writes an order, changes it while it is a draft, and sends it to the lab.</summary>
public sealed class PlaceOrder(AppDb db, OrderChange change, OrderNews news, InstrumentRulesQuery rules, Caller caller, IClock clock)
{
    /// <param name="submit">Sends it at once.</param>
    public async Task<Outcome<Order>> CreateAsync(OrderInput input, bool submit, CancellationToken cancel)
    {
        if (caller.PersonId is not { } person) return Problem.Forbidden("access.sign-in-needed");
        await using var transaction = await db.BeginAsync(cancel);
        var placed = await PlaceAsync(input, cancel);
        if (!placed.IsOk) return Outcome<Order>.Refuse(placed.Problems);
        var (institution, instrument) = placed.Value;
        var (problems, customer) = await CheckAsync(input, institution, instrument, cancel);
        if (problems.Count > 0) return problems;

        var now = clock.GetCurrentInstant();
        var order = new Order
        {
            InstitutionId = institution.Id, InstrumentId = instrument, PersonId = person, UserInstitutionId = caller.InstitutionId,
            UserClass = UserClassRules.Of(institution.Id, caller.InstitutionId, caller.InstitutionKind), CreatedAt = now,
        };
        Write(order, input, customer);
        db.Add(order);
        await AddLinesAsync(order, input, cancel);
        // The database gives the number, which the mail tells.
        if (await db.TrySaveAsync(cancel) is { } refused) return refused;
        if (submit)
        {
            order.Become(OrderStatus.Submitted, now);
            await news.TellStaffAsync("order.submitted", order, now, cancel: cancel);
        }
        else news.Event("order.drafted", order, now);

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return order;
    }

    /// <summary>Replaces what a draft says; where it is ordered stays.</summary>
    public Task<Outcome<Order>> ChangeAsync(OrderId id, OrderInput input, bool submit, long? ifVersion, CancellationToken cancel) => change.RunAsync(id, ifVersion, d => d.Caller.PersonId == d.Order.PersonId, async door =>
    {
        var (order, now) = (door.Order, clock.GetCurrentInstant());
        if (order.Status != OrderStatus.Draft) return [Problem.Refused("order.not-draft", "status", ("status", order.Status))];
        var institution = await db.Set<Institution>().AsNoTracking().SingleAsync(i => i.Id == order.InstitutionId, cancel);
        var (problems, customer) = await CheckAsync(input, institution, order.InstrumentId, cancel);
        if (problems.Count > 0) return problems;
        Write(order, input, customer);
        order.Touch();
        db.RemoveRange(await db.Set<OrderLine>().Where(l => l.OrderId == id).ToListAsync(cancel));
        await db.SaveChangesAsync(cancel);
        await AddLinesAsync(order, input, cancel);
        if (submit) await SubmitAsync(order, now, cancel);
        return [];
    }, cancel);

    public Task<Outcome<Order>> SubmitAsync(OrderId id, long? ifVersion, CancellationToken cancel) => change.RunAsync(id, ifVersion, d => d.Caller.PersonId == d.Order.PersonId, async door =>
        await SubmitAsync(door.Order, clock.GetCurrentInstant(), cancel) is { } refused ? [refused] : [], cancel);

    private async Task<Problem?> SubmitAsync(Order order, Instant now, CancellationToken cancel)
    {
        if (order.Status != OrderStatus.Draft) return Problem.Refused("order.not-draft", "status", ("status", order.Status));
        if (order.Become(OrderStatus.Submitted, now) is { } refused) return refused;
        await news.TellStaffAsync("order.submitted", order, now, cancel: cancel);
        return null;
    }

    private sealed record Place(Institution Institution, InstrumentId? Instrument);

    private async Task<Outcome<Place>> PlaceAsync(OrderInput input, CancellationToken cancel)
    {
        if (input.InstrumentId is { } id)
        {
            var instrument = new InstrumentId(id);
            if (await rules.OfAsync(instrument, cancel: cancel) is not { IsVisible: true } found) return Problem.Invalid("order.instrument-unknown", "instrumentId", ("value", id));
            if (found.Sharing == Sharing.None || !await db.Set<TestItem>().AnyAsync(i => i.InstrumentId == instrument && i.IsActive, cancel)) return Problem.Refused("order.instrument-takes-none", "instrumentId");
            return new Place(await db.Set<Institution>().AsNoTracking().SingleAsync(i => i.Id == found.InstitutionId, cancel), instrument);
        }

        if (input.InstitutionId is not { } owner) return Problem.Invalid("order.place-missing", "instrumentId");
        return await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == new InstitutionId(owner) && i.IsActive, cancel) is { } institution
            ? new Place(institution, null)
            : Problem.Invalid("order.institution-unknown", "institutionId", ("value", owner));
    }

    private async Task<(List<Problem> Problems, OrderCustomer Customer)> CheckAsync(OrderInput input, Institution institution, InstrumentId? instrument, CancellationToken cancel)
    {
        var problems = OrderRules.Check(input, clock.GetCurrentInstant().InZone(DateTimeZoneProviders.Tzdb[institution.TimeZone]).Date);
        var customer = OrderCustomer.Person;
        if (input.Customer is not null && !Word.TryParse(input.Customer, out customer)) problems.Add(Problem.Invalid("order.customer", "customer", ("value", input.Customer), ("known", string.Join(", ", Word.All<OrderCustomer>()))));
        if (customer == OrderCustomer.Group && (input.GroupId is not { } group || !caller.Groups.Contains(new GroupId(group)))) problems.Add(Problem.Invalid("order.group-unknown", "groupId", ("value", input.GroupId)));
        if (customer == OrderCustomer.Institution && caller.InstitutionId is null) problems.Add(Problem.Refused("order.no-institution", "customer"));
        var wanted = input.Lines.Where(l => l.TestItemId is not null).Select(l => new TestItemId(l.TestItemId!.Value)).Distinct().ToList();
        var offered = await db.Set<TestItem>().Where(i => wanted.Contains(i.Id) && i.IsActive && i.InstitutionId == institution.Id && (i.InstrumentId == null || i.InstrumentId == instrument)).Select(i => i.Id).ToListAsync(cancel);
        foreach (var (line, at) in input.Lines.Select((l, at) => (l, at)))
            if (line.TestItemId is { } item && !offered.Contains(new TestItemId(item))) problems.Add(Problem.Invalid("order.item-unknown", $"lines[{at}].testItemId", ("value", item)));
        return (problems, customer);
    }

    private static void Write(Order order, OrderInput input, OrderCustomer customer)
    {
        (order.Customer, order.GroupId) = (customer, customer == OrderCustomer.Group ? new GroupId(input.GroupId!.Value) : null);
        (order.Purpose, order.Note, order.WishedOn) = (input.Purpose!.Trim(), input.Note?.Trim() ?? string.Empty, input.WishedOn);
    }

    private async Task AddLinesAsync(Order order, OrderInput input, CancellationToken cancel)
    {
        var ids = input.Lines.Where(l => l.TestItemId is not null).Select(l => new TestItemId(l.TestItemId!.Value)).ToList();
        var items = await db.Set<TestItem>().AsNoTracking().Where(i => ids.Contains(i.Id)).ToDictionaryAsync(i => i.Id, cancel);
        foreach (var (line, at) in input.Lines.Select((l, at) => (l, at)))
        {
            var item = line.TestItemId is { } id ? items[new TestItemId(id)] : null;
            db.Add(new OrderLine
            {
                OrderId = order.Id, Position = at + 1, TestItemId = item?.Id, Method = item is null ? line.Method!.Trim() : item.Name, Samples = line.Samples!.Value, Description = line.Description!.Trim(),
                Form = Word.Parse<SampleForm>(line.Form!), Hazards = [.. (line.Hazards ?? []).Distinct(StringComparer.Ordinal)], Handling = line.Handling?.Trim() ?? string.Empty, WantsReturn = line.WantsReturn,
            });
        }
    }
}
