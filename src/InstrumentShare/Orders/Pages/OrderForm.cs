using System.Globalization;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Orders.Items;
using InstrumentShare.Persistence;
using NodaTime.Text;

namespace InstrumentShare.Orders.Pages;

/// <summary>An order as a form sends it. Lines that are wholly empty are left out.</summary>
public sealed class OrderForm
{
    public string? Customer { get; set; } = Word.Of(OrderCustomer.Person);

    public string? Purpose { get; set; }

    public string? Note { get; set; }

    public string? WishedOn { get; set; }

    public List<OrderLineForm> Lines { get; set; } = [new()];

    public static OrderForm Of(OrderDetail d) => new()
    {
        Customer = d.Order.GroupId is { } group ? "group:" + group.Value : Word.Of(d.Order.Customer), Purpose = d.Order.Purpose, Note = d.Order.Note, WishedOn = d.Order.WishedOn is { } on ? LocalDatePattern.Iso.Format(on) : null,
        Lines = d.Lines.Select(l => new OrderLineForm
        {
            Item = l.TestItemId?.Value.ToString(), Method = l.TestItemId is null ? l.Method : null, Samples = l.Samples.ToString(CultureInfo.InvariantCulture), Description = l.Description, Form = Word.Of(l.Form), Hazards = [.. l.Hazards],
            Handling = l.Handling, WantsReturn = l.WantsReturn,
        }).ToList(),
    };

    /// <summary>What was typed, and what of it cannot be read.</summary>
    public OrderInput Read(Guid? instrument, Guid? institution, List<Problem> problems)
    {
        Lines.RemoveAll(l => l.IsEmpty);
        var wished = DateForm.Read("wishedOn", WishedOn, problems);
        var group = Customer?.StartsWith("group:", StringComparison.Ordinal) == true && Guid.TryParse(Customer[6..], out var id) ? id : (Guid?)null;
        return new OrderInput(instrument, institution, group is null ? Customer : "group", group, Purpose, Note, wished, Lines.Select(l => l.Read()).ToList());
    }
}

public sealed class OrderLineForm
{
    /// <summary>The test item's id; empty for something else.</summary>
    public string? Item { get; set; }

    public string? Method { get; set; }

    public string? Samples { get; set; }

    public string? Description { get; set; }

    public string? Form { get; set; } = Word.Of(SampleForm.Solid);

    public List<string> Hazards { get; set; } = [];

    public string? Handling { get; set; }

    public bool WantsReturn { get; set; }

    public bool IsEmpty => string.IsNullOrWhiteSpace(Method + Samples + Description + Handling) && Hazards.Count == 0;

    public OrderLineInput Read() => new(
        Guid.TryParse(Item, out var item) ? item : null, Method, int.TryParse(Samples, NumberStyles.None, CultureInfo.InvariantCulture, out var samples) ? samples : null, Description, Form, Hazards, Handling, WantsReturn);
}

/// <param name="Customers">For whom it can be ordered.</param>
public sealed record OrderFormView(OrderForm Form, IReadOnlyList<TestItemRow> Items, IReadOnlyList<(string Value, string Text)> Customers, IReadOnlyList<Problem> Problems);
