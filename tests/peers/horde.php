<?php
// php horde.php MAIL ANSWER ADDRESS NAME PORT
//
// Horde's Itip library reads the invitation in the file MAIL as NAME <ADDRESS>; what it sees is printed as JSON. With
// ANSWER Accept, Decline or Tentative it mails its answer by SMTP to PORT of this machine; with Look it answers nothing.

error_reporting(E_ALL & ~E_DEPRECATED & ~E_STRICT & ~E_WARNING & ~E_NOTICE); // the library is older than this PHP
require_once 'Horde/Autoloader/Default.php';

[, $mail, $answer, $address, $name, $port] = $argv;
$message = Horde_Mime_Part::parseMessage(file_get_contents($mail));
$part = $message->getPart($message->findBody('calendar'));
$calendar = new Horde_Icalendar();
if (!$calendar->parsevCalendar($part->getContents(), 'VCALENDAR', 'UTF-8')) {
    fwrite(STDERR, "Horde cannot read the calendar.\n");
    exit(1);
}
$event = $calendar->findComponent('VEVENT');
echo json_encode([
    'method' => $calendar->getAttribute('METHOD'),
    'uid' => $event->getAttribute('UID'),
    'sequence' => (int) $event->getAttribute('SEQUENCE'),
    'summary' => $event->getAttribute('SUMMARY'),
    'location' => $event->getAttribute('LOCATION'),
    'start' => (int) $event->getAttribute('DTSTART'),
    'end' => (int) $event->getAttribute('DTEND'),
    'organizer' => $event->getAttribute('ORGANIZER'),
    'attendee' => $event->getAttribute('ATTENDEE'),
]), "\n";
if ($answer !== 'Look') {
    $resource = new Horde_Itip_Resource_Base($address, $name);
    $type = 'Horde_Itip_Response_Type_' . $answer;
    $smtp = new Horde_Mail_Transport_Smtphorde(
        ['host' => '127.0.0.1', 'port' => (int) $port, 'secure' => false, 'localhost' => 'client.example']
    );
    Horde_Itip::factory($event, $resource)->sendMultipartResponse(
        new $type($resource), new Horde_Itip_Response_Options_Kolab(), $smtp
    );
}
