using System.Text.Json;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Npgsql;

namespace InstrumentShare.Bookings.Companions;

/// <summary>One thing that a booking takes along, as lists name it beside the booking: an instrument, a room, who assists.</summary>
public sealed record AlongName(string Name, string NameEn)
{
    /// <summary>What the booking <c>b</c> of a statement takes along while it stands or once it is used; null for nothing.</summary>
    internal const string Column = """
        CASE WHEN b.takes_along AND b.status IN ('requested', 'confirmed', 'inUse', 'completed') THEN (
            SELECT jsonb_agg(jsonb_build_object('name', x.name, 'nameEn', x.name_en) ORDER BY x.name)::text FROM (
                SELECT t.name, t.name_en FROM bookings c JOIN instruments t ON t.id = c.instrument_id WHERE c.main_id = b.id AND c.status IN ('requested', 'confirmed', 'inUse', 'completed')
                UNION SELECT t.name, t.name_en FROM room_holds h JOIN rooms t ON t.id = h.room_id WHERE h.booking_id = b.id
                UNION SELECT t.name, coalesce(t.name_en, t.name) FROM technician_holds h JOIN people t ON t.id = h.technician_id WHERE h.booking_id = b.id
            ) x) END
        """;

    internal static IReadOnlyList<AlongName> Read(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? [] : JsonSerializer.Deserialize<List<AlongName>>(reader.GetString(column), Json.Options)!;

    /// <summary>"With: A, B"; empty for nothing.</summary>
    public static string Text(IReadOnlyList<AlongName> along, Words words) =>
        along.Count == 0 ? string.Empty : words["companions.with", ("names", string.Join(words.IsChinese ? "、" : ", ", along.Select(a => words.Name(a.Name, a.NameEn))))];
}
