using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Bookings.Companions.Pages;

/// <summary>The rooms in the reader's care; make one.</summary>
[RequirePermission(CompanionPermissions.ViewRooms)]
public sealed class RoomsModel(CompanionQueries queries, SaveRoom save, Caller caller) : PageModel
{
    private const int Rows = 50;

    [BindProperty] public RoomForm Form { get; set; } = new();

    public PageOf<Room> List { get; private set; } = null!;

    public bool MayManage => caller.InstitutionId is { } own && caller.May(CompanionPermissions.ManageRooms, new Scope(InstitutionId: own.Value));

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task OnGetAsync(string? cursor, CancellationToken cancel) => List = await queries.RoomsAsync(Guid.TryParse(ListQuery.Decoded(cursor), out var after) ? after : null, Rows, cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var saved = await save.CreateAsync(Form.ToRequest(), cancel);
        if (saved.IsOk) return Redirect($"/manage/rooms/{saved.Value.Id.Value}");
        (Problems, Response.StatusCode) = (saved.Problems, ProblemAnswers.StatusOf(saved.Problems[0].Kind));
        await OnGetAsync(null, cancel);
        return Page();
    }
}

/// <summary>One room: when it is used in the coming two months, and its record.</summary>
[RequirePermission(CompanionPermissions.ViewRooms)]
public sealed class RoomModel(CompanionQueries queries, SaveRoom save, Caller caller, IClock clock) : PageModel
{
    private static readonly Duration Ahead = Duration.FromDays(62);

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty] public RoomForm Form { get; set; } = new();

    public Room Room { get; private set; } = null!;

    public DateTimeZone Zone { get; private set; } = null!;

    public IReadOnlyList<RoomUse> Uses { get; private set; } = [];

    public bool MayManage => caller.May(CompanionPermissions.ManageRooms, Room.Scope);

    public bool Saved => Request.Query.ContainsKey("saved");

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Form = RoomForm.Of(Room);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var saved = await save.ChangeAsync(new RoomId(Id), Form.ToRequest(), null, cancel);
        if (saved.IsOk) return Redirect($"/manage/rooms/{Id}?saved=true");
        if (!await LoadAsync(cancel)) return NotFound();
        (Problems, Response.StatusCode) = (saved.Problems, ProblemAnswers.StatusOf(saved.Problems[0].Kind));
        return Page();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (await queries.RoomAsync(new RoomId(Id), cancel) is not { } room) return false;
        var now = clock.GetCurrentInstant();
        (Room, Zone, Uses) = (room, await queries.ZoneAsync(room.InstitutionId, cancel), await queries.UsesAsync(room.Id, new TimeSlot(now, now + Ahead), cancel));
        return true;
    }
}

/// <summary>A room as a form sends it, without a prefix.</summary>
public sealed class RoomForm
{
    public string? Name { get; set; }

    public string? NameEn { get; set; }

    public string? Place { get; set; }

    public string? Capacity { get; set; }

    public string? CountsIn { get; set; } = Word.Of(RoomCount.Groups);

    public string? Opens { get; set; }

    public string? Closes { get; set; }

    public bool ClosedOnHolidays { get; set; }

    public bool IsActive { get; set; } = true;

    public static RoomForm Of(Room r) => new()
    {
        Name = r.Name, NameEn = r.NameEn, Place = r.Place, Capacity = r.Capacity.ToString(System.Globalization.CultureInfo.InvariantCulture), CountsIn = Word.Of(r.CountsIn),
        Opens = r.OpensMinute is { } opens ? OpeningHoursRules.Clock(opens) : null, Closes = r.ClosesMinute is { } closes ? OpeningHoursRules.Clock(closes) : null, ClosedOnHolidays = r.ClosedOnHolidays, IsActive = r.IsActive,
    };

    public SaveRoom.Request ToRequest() => new(null, Name, NameEn, Place, int.TryParse(Capacity, out var capacity) ? capacity : null, CountsIn, Opens, Closes, ClosedOnHolidays, IsActive);
}

public sealed record RoomFormView(RoomForm Form, IReadOnlyList<Problem> Problems);
