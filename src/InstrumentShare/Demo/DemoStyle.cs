using InstrumentShare.Pricing;

namespace InstrumentShare.Demo;

/// <summary>Opening hours as minutes of the day on ISO weekdays.</summary>
internal sealed record DemoHours(int FirstDay, int LastDay, int Opens, int Closes);

/// <summary>How a kind of instrument is used: hours, rules of booking and what is charged for.</summary>
/// <param name="Charges">What its prices count, one drawn for each instrument.</param>
internal sealed record DemoStyle(
    string Key, DemoHours[] Hours, int Min, int Max, int Granularity, int Lead, int Horizon, int CancelLead, int Setup, int Cooling, int? PersonDay, int? PersonWeek, bool Approval, ChargeFor[] Charges)
{
    private static readonly DemoHours[] Office = [new(1, 5, 510, 720), new(1, 5, 810, 1050)];

    public static IReadOnlyList<DemoStyle> All { get; } =
    [
        new("self", [new(1, 5, 480, 1320), new(6, 7, 540, 1080)], 30, 480, 30, 0, 14, 120, 0, 0, 480, null, false, [ChargeFor.Used, ChargeFor.Booked]),
        new("self", [new(1, 6, 480, 1260)], 60, 360, 30, 30, 30, 240, 0, 0, null, 1200, false, [ChargeFor.Used, ChargeFor.Overage]),
        new("trained", [new(1, 5, 510, 1260), new(6, 6, 540, 1020)], 60, 480, 30, 60, 30, 720, 15, 15, null, 960, false, [ChargeFor.Overage, ChargeFor.Booked]),
        new("trained", Office, 30, 210, 30, 120, 30, 1440, 0, 0, 420, null, false, [ChargeFor.Booked]),
        new("approval", [new(1, 5, 510, 1050)], 60, 540, 30, 1440, 60, 1440, 30, 30, 540, 1620, true, [ChargeFor.Booked, ChargeFor.Overage]),
        new("samples", Office, 30, 210, 15, 0, 30, 120, 0, 0, null, null, false, [ChargeFor.Samples]),
        new("samples", [new(1, 5, 480, 1080)], 60, 480, 30, 720, 60, 720, 0, 0, null, null, true, [ChargeFor.Samples]),
        new("long", [new(1, 7, 0, 1440)], 240, 5760, 60, 1440, 90, 2880, 60, 60, null, null, true, [ChargeFor.Booked]),
        new("round", [new(1, 7, 0, 1440)], 60, 2880, 60, 0, 60, 240, 0, 0, null, 4320, false, [ChargeFor.Used]),
    ];
}
