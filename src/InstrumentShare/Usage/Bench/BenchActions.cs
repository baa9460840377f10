using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Faults;
using NodaTime.Text;

namespace InstrumentShare.Usage.Bench;

/// <summary>A button of the bench.</summary>
/// <param name="Do">Which: <c>start, walkUp, stop, extend, fault, book</c>.</param>
/// <param name="Slot">Two instants, a slash between.</param>
public sealed record BenchAct(string? Do, Guid? Booking, int? Minutes, string? Slot, BenchForm Form);

/// <summary>Does what a button of the bench says, by the use cases that pages and API have: at a phone and at a tablet alike.</summary>
public sealed class BenchActions(CheckIn checkIn, StartWalkUp walkUp, StopUse stop, ExtendBooking extend, ReportFault report, BookInstrument book)
{
    /// <returns>Empty when it is done.</returns>
    public async Task<IReadOnlyList<Problem>> RunAsync(InstrumentId instrument, BenchAct act, CancellationToken cancel)
    {
        var (form, booking) = (act.Form, new BookingId(act.Booking ?? Guid.Empty));
        switch (act.Do)
        {
            case "start": return (await checkIn.RunAsync(booking, cancel)).Problems;
            case "stop": return await StopAsync(booking, form, cancel);
            case "extend": return (await extend.RunAsync(booking, act.Minutes, cancel)).Problems;
            case "fault": return (await report.RunAsync(instrument, SeverityOf(form.Severity), form.Text, cancel)).Problems;
            case "walkUp" or "book" when SlotOf(act.Slot) is { } slot: return act.Do == "walkUp"
                ? (await walkUp.RunAsync(instrument, slot.StartsAt, slot.EndsAt, cancel)).Problems
                : (await book.RunAsync(new BookInstrument.Request(instrument, slot.StartsAt, slot.EndsAt, ServiceMode.SelfOperated), cancel)).Problems;
            default: return [Problem.Invalid("bench.act", "do", ("value", act.Do))];
        }
    }

    private async Task<IReadOnlyList<Problem>> StopAsync(BookingId booking, BenchForm form, CancellationToken cancel)
    {
        var fault = SeverityOf(form.Feedback);
        if (fault is null && form.Feedback != StopUse.Normal) return [Problem.Invalid("bench.feedback", "feedback")];
        return (await stop.RunAsync(booking, FormTimes.Count(form.Samples, null), fault, form.Remark, cancel)).Problems;
    }

    private static FaultSeverity? SeverityOf(string? word) => Word.TryParse<FaultSeverity>(word, out var severity) ? severity : null;

    private static WantedTime? SlotOf(string? text) => text?.Split('/') is [var from, var to] && InstantPattern.ExtendedIso.Parse(from) is { Success: true } start && InstantPattern.ExtendedIso.Parse(to) is { Success: true } end
        ? new WantedTime(start.Value, end.Value)
        : null;
}
