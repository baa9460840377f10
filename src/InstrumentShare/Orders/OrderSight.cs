using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace InstrumentShare.Orders;

/// <summary>Whose orders, items and batches a role of the caller covers; regions are resolved to their institutions, so that lists filter by ids alone.</summary>
public sealed record OrderSight(bool Everything, Guid[] Institutions, Guid[] Instruments, Guid[] Groups)
{
    /// <summary>SQL over <c>@everything, @institutions, @instruments, @groups</c> for an order o.</summary>
    public const string OfOrders = "(@everything OR o.institution_id = ANY(@institutions) OR o.instrument_id = ANY(@instruments) OR o.group_id = ANY(@groups))";

    /// <summary>The same for an instrument i.</summary>
    public const string OfInstruments = "(@everything OR i.institution_id = ANY(@institutions) OR i.id = ANY(@instruments))";

    public static async Task<OrderSight> OfAsync(AppDb db, Caller caller, string permission, CancellationToken cancel)
    {
        var grants = caller.GrantsOf(permission).ToList();
        var institutions = Ids(grants, ScopeKind.Institution);
        var regions = grants.Where(g => g.ScopeKind == ScopeKind.Region).Select(g => g.ScopeRegion!.Value.Code + "%").ToArray();
        if (regions.Length > 0) institutions = [.. institutions, .. await db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM institutions WHERE region LIKE ANY({regions})").ToListAsync(cancel)];
        return new OrderSight(caller.IsJob || grants.Any(g => g.ScopeKind == ScopeKind.All), institutions, Ids(grants, ScopeKind.Instrument), Ids(grants, ScopeKind.Group));
    }

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.AddWithValue("everything", Everything);
        parameters.AddWithValue("institutions", Institutions);
        parameters.AddWithValue("instruments", Instruments);
        parameters.AddWithValue("groups", Groups);
    }

    public bool Covers(Guid institution, Guid? instrument) => Everything || Institutions.Contains(institution) || (instrument is { } id && Instruments.Contains(id));

    private static Guid[] Ids(IEnumerable<RoleGrant> grants, ScopeKind kind) => [.. grants.Where(g => g.ScopeKind == kind).Select(g => g.ScopeId!.Value)];
}
